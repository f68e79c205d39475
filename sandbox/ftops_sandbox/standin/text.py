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
_POINTING = frozenset(
    WORD.findall(
        "it its they them their he him his she her this that these those one there ele ela eles "
        "elas dele dela deles delas isso isto aquilo lo la los las ali lá lhe lhes"
    )
)
_PLURAL_MIN, _RUN = 3, 4
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


def leaning(text: str) -> int:
    """How many more Portuguese function words and accents than English ones; 0 says nothing."""
    found = words(text)
    portuguese = sum(word in _PORTUGUESE for word in found)
    portuguese += len(_ACCENTS.findall(text.lower()))
    return portuguese - sum(word in _ENGLISH for word in found)


def language(text: str) -> str:
    """`pt` or `en`, whichever has more function words; a tie is English."""
    return "pt" if leaning(text) > 0 else "en"


def _content(text: str) -> list[str]:
    """Words that mean something by themselves, in lower case and without accents."""
    return [
        _folded(word)
        for word in words(text)
        if word not in _PORTUGUESE and word not in _ENGLISH and word[0].isalnum()
    ]


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(char for char in plain if not unicodedata.combining(char))


def stems(text: str) -> list[str]:
    """Content words without plurals, cut to six letters, so that near forms of a word meet."""
    kept = _content(text)
    singular = (word[:-1] if len(word) > _PLURAL_MIN and word[-1] == "s" else word for word in kept)
    return [word[:6] for word in singular]


def letters(text: str) -> list[str]:
    """Runs of four letters in the content words, their edges marked: what spelling they share."""
    marked = [f" {word} " for word in _content(text)]
    return [word[i : i + _RUN] for word in marked for i in range(max(1, len(word) - _RUN + 1))]


def points_back(text: str) -> bool:
    """Whether it speaks of an `it` or a `they`, which only its own question explains."""
    return not _POINTING.isdisjoint(words(text))


def topic(prompt: str, spoken: str) -> str:
    """What a question is about: its last sentence without the asking words."""
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
