"""The rules of Open Badges 3.0 for the members we write, in our own words, as a JSON Schema.

The published one (achievementcredential, draft 2019-09) comes in no package, and files of others
are not kept here. This one is stricter: a member that is not named is a fault.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
ADDRESS: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[!-~]+$"}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def one_of(*words: str) -> Schema:
    """A closed list that may be extended with ext:…"""
    extended = {"type": "string", "pattern": "^ext:[a-zA-Z0-9._-]+$"}
    return {"oneOf": [{"type": "string", "enum": words}, extended]}


def thing(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def several(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


def typed(*names: str) -> Schema:
    return {"const": list(names)}


IMAGE = thing({"id": ADDRESS, "type": {"const": "Image"}}, {"caption": TEXT})
PROFILE = thing({"id": ADDRESS, "type": typed("Profile"), "name": TEXT}, {"url": ADDRESS})
IDENTITY = thing(
    {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": TEXT,
        "identityType": one_of("name", "emailAddress"),
    },
    {"salt": TEXT},
)
ALIGNMENT = thing(
    {"type": typed("Alignment"), "targetName": TEXT, "targetUrl": ADDRESS},
    {
        "targetFramework": TEXT,
        "targetCode": TEXT,
        "targetType": one_of("ceasn:Competency", "ceterms:Credential", "CFItem", "CTDL"),
    },
)
DESCRIPTION = thing(
    {
        "id": ADDRESS,
        "type": typed("ResultDescription"),
        "name": TEXT,
        "resultType": one_of("Percent", "PredictedScore", "RawScore", "ScaledScore", "Status"),
    },
    {"valueMin": TEXT, "valueMax": TEXT, "requiredValue": TEXT},
)
RESULT = thing(
    {"type": typed("Result"), "resultDescription": ADDRESS},
    {"value": TEXT, "status": {"enum": ["Completed", "Failed", "InProgress", "Provisional"]}},
)
ACHIEVEMENT = thing(
    {
        "id": ADDRESS,
        "type": typed("Achievement"),
        "achievementType": one_of("Competency", "LearningProgram"),
        "name": TEXT,
        "description": TEXT,
        "criteria": thing({"narrative": TEXT}),
    },
    {
        "version": TEXT,
        "image": IMAGE,
        "alignment": several(ALIGNMENT),
        "resultDescription": several(DESCRIPTION),
    },
)
SUBJECT = thing(
    {"id": ADDRESS, "type": typed("AchievementSubject"), "achievement": ACHIEVEMENT},
    {"identifier": several(IDENTITY), "result": several(RESULT)},
)
EVIDENCE = thing(
    {"type": typed("Evidence")}, {"id": ADDRESS, "name": TEXT, "narrative": TEXT, "genre": TEXT}
)
SRI = {"type": "string", "pattern": "^sha256-[A-Za-z0-9+/]{43}=$"}
RESOURCE = thing({"id": ADDRESS, "mediaType": TEXT, "digestSRI": SRI}, {"name": TEXT})
STATUS = thing(
    {
        "id": ADDRESS,
        "type": {"const": "BitstringStatusListEntry"},
        "statusPurpose": {"const": "revocation"},
        "statusListIndex": {"type": "string", "pattern": r"^\d+$"},
        "statusListCredential": ADDRESS,
    }
)
PROOF = thing(
    {
        "type": {"const": "DataIntegrityProof"},
        "cryptosuite": {"const": "eddsa-rdfc-2022"},
        "proofPurpose": {"const": "assertionMethod"},
        "created": MOMENT,
        "verificationMethod": ADDRESS,
        "proofValue": {"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]+$"},
    }
)
NAMED = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SCHEMA = thing(
    {
        "@context": typed(
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ),
        "id": ADDRESS,
        "type": typed("VerifiableCredential", "OpenBadgeCredential"),
        "name": TEXT,
        "issuer": PROFILE,
        "awardedDate": MOMENT,
        "validFrom": MOMENT,
        "validUntil": MOMENT,
        "credentialSubject": SUBJECT,
        "credentialStatus": STATUS,
        "credentialSchema": several(
            thing({"id": {"const": NAMED}, "type": {"const": "1EdTechJsonSchemaValidator2019"}})
        ),
        "proof": several(PROOF),
    },
    {
        "evidence": several(EVIDENCE),
        "relatedResource": several(RESOURCE),
        "refreshService": thing({"id": ADDRESS, "type": {"const": "1EdTechCredentialRefresh"}}),
    },
)
