"""Two hundred and more ways to make a page run or send something, made from small parts."""

from __future__ import annotations

from itertools import product

RUN = "window.hacked=(window.hacked||0)+1"
SEND = "/hacked"

TAGS = [
    "<script>{run}</script>",
    "<ScRiPt>{run}</sCrIpT>",
    "<script src=/hacked.js></script>",
    "<script type=module>{run}</script>",
    "<svg><script>{run}</script></svg>",
    "<math><mtext></mtext><script>{run}</script></math>",
    "</p></div><script>{run}</script>",
    "<scr<script>ipt>{run}</scr</script>ipt>",
    "<noscript><p title='</noscript><script>{run}</script>'>",
    "<textarea></textarea><script>{run}</script>",
    "<template><script>{run}</script></template>",
    "<style>@import '/hacked.css';</style>",
    "<link rel=stylesheet href=/hacked.css>",
    "<link rel=prefetch href=/hacked>",
    "<meta http-equiv=refresh content='0;url=/hacked'>",
    "<base href=/hacked/>",
    "<object data=/hacked></object>",
    "<embed src=/hacked>",
    "<iframe src=/hacked></iframe>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<iframe src=\"javascript:parent.hacked=1\"></iframe>",
    "<form action=/hacked><input name=a autofocus onfocus='{run}'></form>",
    "<form id=f action=/hacked></form><button form=f formaction=/hacked>go</button>",
    "<audio src=/hacked autoplay></audio>",
    "<video poster=/hacked></video>",
    "<picture><source srcset=/hacked><img src=/hacked></picture>",
    "<p style=\"background:url(/hacked)\">x</p>",
    "<p style=\"position:fixed;inset:0\" onmouseover='{run}'>x</p>",
    "<a href=\"javascript:{run}\">x</a>",
    "[x](javascript:{run})",
    "[x](JaVaScRiPt:{run})",
    "![x](/hacked.png)",
    "![x](https://127.0.0.1:1/hacked.png)",
    "<javascript:{run}>",
    "<img src=x alt=\"`<script>{run}</script>`\">",
    "<x-hacked onclick='{run}'>x</x-hacked>",
    "<a id=hacked name=hacked href=#>x</a>",
    "&lt;script&gt;{run}&lt;/script&gt;",
    "<!--><script>{run}</script>-->",
    "<![CDATA[<script>{run}</script>]]>",
    "<svg><style><img src=x onerror='{run}'></style></svg>",
    "<math><mi xlink:href='javascript:{run}'>x</mi></math>",
    "<svg><a href='javascript:{run}'><text y=9>x</text></a></svg>",
    "<svg><animate onbegin='{run}' attributeName=x dur=1s>",
    "<svg><use href='/hacked.svg#x'></use></svg>",
    "<svg><image href=/hacked></image></svg>",
    "{{{{ 7*7 }}}}{{% raw %}}",
    "'\"><script>{run}</script>",
    "$\\text{{<script>{run}</script>}}$",
    "$$\\href{{javascript:{run}}}{{x}}$$",
    "```python\n</code></pre><script>{run}</script>\n```",
    "`</code><script>{run}</script>`",
    "```\"><script>{run}</script>\nx\n```",
    "| a |\n|---|\n| <script>{run}</script> |",
]  # fmt: skip

ELEMENTS = [
    "img src=x",
    "svg",
    "body",
    "input autofocus",
    "details open",
    "video src=x",
    "p tabindex=1 autofocus",
]
EVENTS = ["onerror", "onload", "onfocus", "ontoggle", "onpageshow", "onbegin", "oNlOaD\n"]

VERBS = [
    "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete",
    "data-hx-get", "data-hx-post", "data-hx-put", "DATA-HX-POST",
]  # fmt: skip
TRIGGERS = [
    "load",
    "every 50ms",
    "revealed",
    "intersect",
    "load delay:10ms",
    "mouseenter from:body, load",
]
HTMX = [
    "<div hx-on::load='{run}' hx-get=/hacked hx-trigger=load>x</div>",
    "<div hx-on:htmx:load='{run}'>x</div>",
    "<div data-hx-on-htmx-load='{run}'>x</div>",
    "<div hx-vals='js:{{a:{run}}}' hx-get=/hacked hx-trigger=load>x</div>",
    "<div hx-headers='js:{{a:{run}}}' hx-get=/hacked hx-trigger=load>x</div>",
    "<div hx-trigger='load[{run}]' hx-get=/hacked>x</div>",
    "<a hx-boost=true href=/hacked hx-trigger=load>x</a>",
    "<div hx-ext=sse sse-connect=/hacked>x</div>",
    "<div ws-connect=/hacked>x</div>",
    "<div hx-target=body hx-get=/hacked hx-trigger=load hx-swap=innerHTML>x</div>",
]

PAYLOADS = [
    *(text.format(run=RUN) for text in TAGS),
    *(f"<{element} {event}='{RUN}'>" for element, event in product(ELEMENTS, EVENTS)),
    *(f"<div {verb}={SEND} hx-trigger='{trigger}' data-hx-trigger='{trigger}'>x</div>"
      for verb, trigger in product(VERBS, TRIGGERS)),
    *(f"<button {verb}={SEND} hx-trigger=load data-hx-trigger=load autofocus>x</button>"
      for verb in VERBS),
    *(f"<span class=button {verb}={SEND} data-hx-trigger=load\nhx-trigger=load>" for verb in VERBS),
    *(f"text **bold** <p {verb}='{SEND}' hx-trigger='load'>" for verb in VERBS),
    *(f"- item <li {verb}='{SEND}' hx-trigger='load'>" for verb in VERBS),
    *(f"> <em {verb}='{SEND}' data-hx-trigger='load'>" for verb in VERBS),
    *(text.format(run=RUN) for text in HTMX),
]  # fmt: skip
