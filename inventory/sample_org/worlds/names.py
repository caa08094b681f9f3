"""Names of invented people, and the ways a company turns a name into a user name."""

FIRST = (
    "Ada",
    "Bela",
    "Chidi",
    "Dora",
    "Eamon",
    "Farah",
    "Goran",
    "Hana",
    "Ivo",
    "Jana",
    "Kofi",
    "Lena",
    "Marco",
    "Nadia",
    "Omar",
    "Petra",
    "Quinn",
    "Rosa",
    "Sami",
    "Tomas",
    "Uma",
    "Viktor",
    "Wanda",
    "Xenia",
    "Yusuf",
    "Zora",
    "Anders",
    "Brigitte",
    "Carlos",
    "Daria",
    "Emil",
    "Fiona",
    "Gustav",
    "Helena",
    "Ismail",
    "Judit",
    "Karim",
    "Laura",
    "Mihai",
    "Nora",
    "Oskar",
    "Priya",
    "Ragna",
    "Stefan",
    "Teresa",
    "Ulrich",
    "Vera",
    "Willem",
    "Ylva",
    "Zeno",
)
LAST = (
    "Novak",
    "Kovacs",
    "Okafor",
    "Lindqvist",
    "Ferrari",
    "Haddad",
    "Petrov",
    "Sato",
    "Muller",
    "Dubois",
    "Rossi",
    "Silva",
    "Ortega",
    "Jansen",
    "Khan",
    "Weber",
    "Ivanova",
    "Costa",
    "Nagy",
    "Berg",
)


def name_of(number: int) -> tuple[str, str]:
    """The given and the family name of the person with this number."""
    return FIRST[number], LAST[(number * 7) % len(LAST)]


def email_of(number: int) -> str:
    given, family = name_of(number)
    return f"{given}.{family}@example.com".lower()


def user_name(number: int, style: int) -> str:
    """One of four house styles, the way they pile up over the years."""
    given, family = name_of(number)
    styles = (
        f"{given}.{family}".lower(),
        given.lower(),
        f"{given[0]}{family}".lower(),
        email_of(number),
    )
    return styles[style % 4]
