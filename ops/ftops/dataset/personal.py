"""Personal data in a text: what is written like an address or a number, and checks out as one.

Patterns are bounded, so that no text can hold them up; checksums and number plans are those of
python-stdnum and phonenumbers. Names and street addresses are not looked for: no pattern has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})(?![\w-])"
)
CARD = re.compile(r"(?<![\w.,+-])(?:\d[ -]?){12,18}\d(?![\w-])")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
CPF = re.compile(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])|(?i:\bcpf\W{1,5})(\d{11})(?!\w)")
ABROAD = re.compile(r"(?<![\w+.])\+\d[\d ().-]{6,18}\d(?![\w-])")
AT_HOME: Mapping[str, re.Pattern[str]] = {
    "US": re.compile(r"(?<![\w.+-])(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?![\w-])"),
    "BR": re.compile(r"(?<![\w.+-])\(\d{2}\) ?9?\d{4}-\d{4}(?![\w-])"),
}
"""National numbers as people write them there; a bare run of digits may be anything."""

NOBODYS_DOMAIN = re.compile(
    r"(?i)(?:.*\.)?(?:example|test|invalid|localhost"
    r"|(?:example|contoso|fabrikam|northwind|adatum|domain|email|company|yourcompany|acme)"
    r"\.(?:com|org|net))"
)
"""Domains set aside for examples (RFC 2606), and those that stand for one in documentation."""

NOBODYS_NAME = re.compile(
    r"(?i)(?:no-?reply|do-?not-?reply|support|contact|sales|help|hello|press|jobs|careers|office"
    r"|privacy|security|abuse|admin|webmaster|postmaster|git|user|name|you|someone)"
)
"""What stands before the @ of an office, or of nobody."""

PUBLISHED = frozenset(
    {
        *("4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444"),
        *("5105105105105100", "378282246310005", "371449635398431", "6011111111111117"),
        *("30569309025904", "3530111333300000", "123456789", "12345678909"),
        *("GB82WEST12345698765432", "DE89370400440532013000"),
    }
)
"""Numbers that documentation uses, which are nobody's."""

BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}"
)
FICTION = re.compile(r"1?\d{3}555\d{4}")
"""North America's exchange for numbers in films."""


def find_personal(text: str) -> Iterator[tuple[str, str]]:
    """The kind and the value of each piece of personal data in a text."""
    if "@" in text:
        for match in EMAIL.finditer(text):
            name = match[0].partition("@")[0]
            if not (NOBODYS_DOMAIN.fullmatch(match[1]) or NOBODYS_NAME.fullmatch(name)):
                yield "e-mail address", match[0]
    if sum(map(text.count, "0123456789")) >= DIGITS_MIN:
        for kind, pattern, holds in _checks():
            for match in pattern.finditer(text):
                digits = re.sub(r"\W", "", match[match.lastindex or 0])
                if digits not in PUBLISHED and len(set(digits)) > 1 and holds(digits):
                    yield kind, match[0]
        yield from _phones(text)


DIGITS_MIN = 7
"""The fewest digits of any number that is looked for."""

Check = tuple[str, re.Pattern[str], Callable[[str], bool]]


def _checks() -> tuple[Check, ...]:
    from stdnum import iban, luhn
    from stdnum.br import cpf
    from stdnum.us import ssn

    return (
        ("card number", CARD, lambda each: bool(BRANDS.fullmatch(each)) and luhn.is_valid(each)),
        ("bank account (IBAN)", IBAN, iban.is_valid),
        ("social security number", SSN, ssn.is_valid),
        ("CPF", CPF, cpf.is_valid),
    )


def _phones(text: str) -> Iterator[tuple[str, str]]:
    for match in ABROAD.finditer(text):
        if _is_phone(match[0], None):
            yield "phone number", match[0]
    for region, pattern in AT_HOME.items():
        for match in pattern.finditer(text):
            if _is_phone(match[0], region):
                yield "phone number", match[0]


def _is_phone(text: str, region: str | None) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    if FICTION.fullmatch(re.sub(r"\D", "", text)):
        return False
    try:
        return is_valid_number(parse(text, region))
    except NumberParseException:
        return False
