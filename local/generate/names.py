"""Names and addresses of one locale: mostly plain, some odd but valid.

Lengths are those of Business Central's fields, which count UTF-16 units: an emoji is two.
"""

from __future__ import annotations

from random import Random

from local.generate.locales import Locale

NAME_LENGTH = 100
PART_LENGTH = 50
"""Sales splits a person's name at the last blank; each half must fit into 50 there."""
ADDRESS_LENGTH = 100
JOB_TITLE_LENGTH = 30
_ODD = 0.08
_EMOJI = ("🚲", "☕", "🏡", "👩‍🔧", "🇪🇺", "✨")
_JOB_TITLES = (
    "", "", "Purchasing Manager", "CEO", "Head of R&D", "Geschäftsführerin", "Directrice générale",
    "Owner / partner", "Закупщик", "部長", "มัคคุเทศก์", "a" * JOB_TITLE_LENGTH,
)  # fmt: skip


def utf16_length(text: str) -> int:
    """How many units Business Central counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, longest: int) -> str:
    """The text, or as much of its beginning as fits, never half a character and without outer blanks."""
    while utf16_length(text) > longest:
        text = text[: -max(1, (utf16_length(text) - longest) // 2)]
    return text.strip()


def company_name(random: Random, locale: Locale) -> str:
    """A company's name of at most 100 units; about one in twelve is odd."""
    family, word, form = (random.choice(each) for each in (locale.family, locale.words, locale.forms))
    plain = locale.company.format(family=family, word=word, form=form)
    return fitted(_odd_company(random, plain) if random.random() < _ODD else plain, NAME_LENGTH)


def _odd_company(random: Random, plain: str) -> str:
    """The kinds of names that break careless code, all accepted by Business Central."""
    match random.randrange(7):
        case 0:
            return (plain + " ") * (NAME_LENGTH // utf16_length(plain) + 1)
        case 1:
            return f"{plain} {random.choice(_EMOJI)}"
        case 2:
            return f"\"{plain}\" & 'Söhne' <Import/Export>"
        case 3:
            return plain.replace(" ", "  ", 1)
        case 4:
            return f"{plain} 100% (50;50) #1 = ?%20+"
        case 5:
            return plain.upper()
        case _:
            return f"{random.randrange(1, 999):03d}"


def person_name(random: Random, locale: Locale) -> str:
    """A person's name of at most 100 units whose last word and whose rest fit into 50 each."""
    given, family = random.choice(locale.given), random.choice(locale.family)
    plain = locale.person.format(given=given, family=family)
    if random.random() >= _ODD:
        return plain
    match random.randrange(4):
        case 0:
            first, last = f"{given}-" * 25, family.split()[-1] * 25
            return f"{fitted(first, PART_LENGTH - 1)} {fitted(last, PART_LENGTH)}"
        case 1:
            return family.split()[-1]
        case 2:
            return f'{given} "{random.choice(_EMOJI)}" {family}'
        case _:
            return f"{given} {random.choice(locale.given)} {family}"


def address(random: Random, locale: Locale) -> dict[str, str]:
    """Street, second line, city, state, country and postal code; some parts are blank, as in real life."""
    place = random.randrange(len(locale.cities))
    street = locale.street.format(street=random.choice(locale.streets), number=random.randrange(1, 300))
    if random.random() < 0.02:
        street = fitted(f"{street}, " * 20, ADDRESS_LENGTH)
    postal = "".join(str(random.randrange(10)) if sign == "#" else sign for sign in locale.postal)
    return {
        "addressLine1": street if random.random() > 0.03 else "",
        "addressLine2": random.choice(("", "", "", "c/o A. Datum", "Suite 4/B", "2º andar")),
        "city": locale.cities[place],
        "state": locale.states[place % len(locale.states)],
        "country": locale.country if random.random() > 0.03 else "",
        "postalCode": postal if random.random() > 0.03 else "",
    }


def phone_number(random: Random) -> str:
    """Blank or a number of the ranges that are never given out (Ofcom: drama numbers; NANPA: 555-01xx)."""
    kind, last = random.randrange(4), random.randrange(1000)
    form = ("", f"+44 1632 960{last:03d}", f"+1 (206) 555-01{last % 100:02d}", f"(01632) 960 {last:03d}")
    return form[kind]


def mail_address(random: Random, kind: str, number: int) -> str:
    """Blank for one in thirty, else an address that nobody else has, in a domain kept for documentation."""
    if random.random() < 1 / 30:
        return ""
    domain = random.choice(("example.com", "example.net", "Example.ORG", "mail.example.com"))
    return f"{kind}.{number}@{domain}"


def job_title(random: Random) -> str:
    """Blank or a title of at most 30 units."""
    return random.choice(_JOB_TITLES)
