"""The shape of what people type: present, length, kind. Rules of the domain stay in the logic."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from cards import days
from tracker.users import THEMES

NAME = [DataRequired("Enter a name."), Length(max=100, message="At most 100 characters.")]


def stripped(text: str | None) -> str | None:
    """Without the white space that comes along when an address is pasted."""
    return text.strip() if text else text


EMAIL = [
    InputRequired("Enter your e-mail address."),
    Length(max=254, message="At most 254 characters."),
    Email("This is not an e-mail address."),
]
PASSWORD = [InputRequired("Enter your password."), Length(max=1000, message="This is too long.")]
CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


# Without these two, many words of Persian and many emoji cannot be written.
JOINERS = "\u200c\u200d"


def printable(form: FlaskForm, field: Field) -> None:
    """No control characters: they would break lines in lists, mails and logs."""
    if any(not (letter.isprintable() or letter in JOINERS) for letter in field.data or ""):
        raise ValidationError("Use letters, digits, spaces and signs only.")


def finite(number: Decimal | None) -> Decimal | None:
    """Nothing for NaN and infinity: no number, so none that fits."""
    return number if number is not None and number.is_finite() else None


class Register(FlaskForm):
    """A new account."""

    name = StringField("Name", [*NAME, printable], render_kw={"autocomplete": "name"})
    email = EmailField("E-mail", EMAIL, [stripped], render_kw={"autocomplete": "username"})
    password = PasswordField(
        "Password",
        PASSWORD,
        description="At least 15 characters. A few words are easy to remember.",
        render_kw=NEW,
    )
    # Nobody sees these, so none is refused: a wrong zone is UTC, a wrong token opens nothing.
    zone = HiddenField("Time zone")
    setup = HiddenField("Set-up token")


class Login(FlaskForm):
    """Who it is."""

    email = EmailField("E-mail", EMAIL, [stripped], render_kw={"autocomplete": "username"})
    password = PasswordField("Password", PASSWORD, render_kw=CURRENT)
    remember = BooleanField("Stay logged in on this device")
    next = HiddenField("Next")


class Study(FlaskForm):
    """How somebody studies."""

    zone = SelectField(
        "Time zone",
        [InputRequired("Choose a time zone.")],
        description="Your study day follows the clock there.",
    )
    rollover = IntegerField(
        "The day begins at",
        [InputRequired("Enter an hour."), NumberRange(0, 12, "An hour from 0 to 12.")],
        description="Cards for tomorrow come from this hour on; 4 suits most people.",
    )
    new_per_day = IntegerField(
        "New cards a day",
        [InputRequired("Enter a number."), NumberRange(0, 999, "A number from 0 to 999.")],
        description="8 new cards lead to about 60 reviews a day after some weeks.",
    )
    reviews_per_day = IntegerField(
        "Reviews a day, at most",
        [InputRequired("Enter a number."), NumberRange(0, 9999, "A number from 0 to 9999.")],
    )
    minutes_per_day = IntegerField(
        "Minutes a day, at most",
        [Optional(), NumberRange(1, 600, "A number from 1 to 600, or nothing.")],
        description="Leave it empty for no such limit. Reviews come before new cards, and where "
        "not all fit, those that save most come first.",
    )
    retention = DecimalField(
        "Desired retention, percent",
        [InputRequired("Enter a number."), NumberRange(70, 99, "A number from 70 to 99.")],
        filters=[finite],
        places=0,
        description="What you want to recall when a card comes due. 90 suits most people; above "
        "97 the work grows steeply.",
    )

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.zone.choices = days.zones()


class Account(FlaskForm):
    """Name and e-mail address."""

    name = StringField("Name", [*NAME, printable], render_kw={"autocomplete": "name"})
    email = EmailField("E-mail", EMAIL, [stripped], render_kw={"autocomplete": "username"})
    current = PasswordField(
        "Your password",
        [Length(max=1000)],
        description="Needed when the e-mail address changes.",
        render_kw=CURRENT,
    )


class Password(FlaskForm):
    """A new password."""

    current = PasswordField("Your password now", PASSWORD, render_kw=CURRENT)
    password = PasswordField(
        "New password",
        PASSWORD,
        description="At least 15 characters. It logs you out everywhere else.",
        render_kw=NEW,
    )


class Theme(FlaskForm):
    """Light, dark, or as the system has it."""

    theme = SelectField(
        "Theme",
        [InputRequired("Choose a theme.")],
        choices=[SelectChoice(theme, theme.capitalize()) for theme in THEMES],
        default="system",
    )


class Delete(FlaskForm):
    """The end of an account."""

    typed = StringField(
        "Type your e-mail address to confirm",
        [InputRequired("Type your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "off"},
    )
    current = PasswordField("Your password", PASSWORD, render_kw=CURRENT)


class Registration(FlaskForm):
    """Whether others may register."""

    open = BooleanField("Others may create accounts here")


class Nothing(FlaskForm):
    """A button: only the form's token is sent."""
