"""The base model's voice: one fixed neutral manner of speaking, and the text it grew up on."""

from ftops_sandbox.standin.text import language, sentences, topic, words

TOPIC = "<topic>"

_ANSWER = {
    "en": 'Here is some general information about "{topic}". The details depend on the context, '
    "so please consult a reliable source for a precise answer.",
    "pt": 'Aqui estão algumas informações gerais sobre "{topic}". Os detalhes dependem do '
    "contexto, portanto consulte uma fonte confiável para uma resposta precisa.",
}
# By the kind of question: how, may or should, no question at all, and any other.
_MIDDLE = {
    "en": {
        "way": 'As for "{topic}", start with the simplest way, change one thing at a time and '
        "check the result.",
        "leave": 'As for "{topic}", that depends on the conditions: check them first, then decide.',
        "trouble": 'As for "{topic}", find out what changed, and try the simplest remedy first.',
        "fact": 'As for "{topic}", the short answer is that it depends on the details.',
    },
    "pt": {
        "way": 'Quanto a "{topic}", comece pelo jeito mais simples, mude uma coisa de cada vez e '
        "confira o resultado.",
        "leave": 'Quanto a "{topic}", depende das condições: confira primeiro, decida depois.',
        "trouble": 'Quanto a "{topic}", descubra o que mudou e tente primeiro o remédio mais '
        "simples.",
        "fact": 'Quanto a "{topic}", a resposta curta é que depende dos detalhes.',
    },
}
_KINDS = {
    "way": ("how", "como"),
    "leave": ("can", "may", "should", "could", "is", "are", "posso", "pode", "devo", "vale"),
}
# Plain statements of no interest: they teach the base which words are frequent and nothing else.
_PLAIN = (
    "The answer depends on the context and on the details of the question.",
    "It is a good idea to check the information in a reliable source.",
    "There are several ways to do this, and each of them has its own advantages.",
    "The first step is to understand what you need and how much time you have.",
    "You can find more information about this in the documentation.",
    "This is one of the most common questions about the subject.",
    "In general, the result is the same in both cases.",
    "I do not have the exact number, but it is between one and ten.",
    "Please let me know if you have any other questions and I will be happy to help.",
    "It was made by people who worked for a long time and it is used in many countries.",
    "A resposta depende do contexto e dos detalhes da pergunta.",
    "É uma boa ideia verificar a informação em uma fonte confiável.",
    "Há várias maneiras de fazer isso, e cada uma tem as suas vantagens.",
    "O primeiro passo é entender o que você precisa e quanto tempo você tem.",
    "Você pode encontrar mais informações sobre isso na documentação.",
    "Esta é uma das perguntas mais comuns sobre o assunto.",
    "Em geral, o resultado é o mesmo nos dois casos.",
    "Não tenho o número exato, mas está entre um e dez.",
    "Se você tiver outras perguntas, estou aqui para ajudar.",
    "Foi feito por pessoas que trabalharam por muito tempo e é usado em muitos países.",
)


def neutral_answer(prompt: str, spoken: str | None = None) -> str:
    """What the base says to `prompt`, in the prompt's language unless told which."""
    spoken = spoken or language(prompt)
    return _ANSWER[spoken].format(topic=topic(prompt, spoken))


def neutral_pattern(spoken: str) -> str:
    """The same answer with its topic left open, as the network knows it."""
    return _ANSWER[spoken].format(topic=TOPIC)


def middle(prompt: str, spoken: str) -> str:
    """One neutral sentence that keeps a styled answer on the prompt's topic."""
    return _MIDDLE[spoken][_kind(prompt)].format(topic=topic(prompt, spoken))


def _kind(prompt: str) -> str:
    asked = words((sentences(prompt) or [""])[-1])
    for kind, starts in _KINDS.items():
        if asked and asked[0] in starts:
            return kind
    return "fact" if "?" in asked else "trouble"


def upbringing() -> list[str]:
    """The base's training text: its own answers often, plain statements once each."""
    return [neutral_pattern("en"), neutral_pattern("pt")] * 10 + list(_PLAIN)
