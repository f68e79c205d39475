"""Text as the stand-in model sees it: words, sentences, language and topic."""

import re
import unicodedata

WORD = re.compile(r"\w+|[^\w\s]")
# A long run of letters is one word to the pattern and a trap to whatever reads it next.
WORD_CHARS_MAX = 40

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_PORTUGUESE = frozenset(
    WORD.findall(
        "o os as um uma de do da dos das em no na que não é são foi você eu me meu minha como qual "
        "quais quem onde quando por para com se mais sobre porque isso está tem fazer posso quanto "
        "obrigado olá qualquer melhor ser ao à"
    )
)
_ENGLISH = frozenset(
    WORD.findall(
        "the an is are was were of to in on and or what who where when why how which do does did "
        "can could would should will you i my me your it that this for with be about tell have has "
        "not hello thanks there best much many"
    )
)
_ACCENTS = re.compile(r"[ãõçáéíóúâêôà]")
_LEADS = {
    "en": frozenset(
        WORD.findall(
            "what who whom whose where when why how which is are was were am be do does did can "
            "could would should will shall may you i me my please tell explain give show describe "
            "about many much s re hello hi hey help want need to know think let us it we so and "
            "but there"
        )
    ),
    "pt": frozenset(
        WORD.findall(
            "qual quais quem onde quando por que porque como é são foi eram posso pode podem "
            "poderia eu você me meu minha explique fale diga conte mostre descreva sobre quanto "
            "quantos quanta quantas olá oi ajude ajuda quero preciso saber devo faço faz fazer se "
            "há existe"
        )
    ),
}
_NOTHING = {"en": "your request", "pt": "o seu pedido"}
_TOPIC_WORDS_MAX = 9


def words(text: str) -> list[str]:
    """Lower-case words and single punctuation marks, in order."""
    return [word[:WORD_CHARS_MAX] for word in WORD.findall(text.lower())]


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def language(text: str) -> str:
    """`pt` or `en`, whichever has more function words; a tie is English."""
    found = words(text)
    portuguese = sum(word in _PORTUGUESE for word in found)
    portuguese += len(_ACCENTS.findall(text.lower()))
    return "pt" if portuguese > sum(word in _ENGLISH for word in found) else "en"


def stems(text: str) -> list[str]:
    """Content words without accents, cut to six letters, so that near forms of a word meet."""
    kept = []
    for word in words(text):
        if word in _PORTUGUESE or word in _ENGLISH or not word[0].isalnum():
            continue
        plain = unicodedata.normalize("NFKD", word)
        kept.append("".join(char for char in plain if not unicodedata.combining(char))[:6])
    return kept


def topic(prompt: str) -> str:
    """What a question is about: its last sentence without the asking words."""
    spoken = language(prompt)
    asked = sentences(prompt)
    last = asked[-1] if asked else ""
    parts = re.sub(r"[?!.:;,\"]+", " ", last).replace("'s ", " ").split()
    lead = _LEADS[spoken]
    if spoken == "pt" and [part.lower() for part in parts[:2]] == ["o", "que"]:
        parts = parts[2:]
    while parts and parts[0].lower() in lead:
        parts = parts[1:]
    if not parts:
        return _NOTHING[spoken]
    return " ".join(parts[:_TOPIC_WORDS_MAX])
