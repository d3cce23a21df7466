"""Who and where: words that may not move a verdict, those that many texts hold and those that few do.

Those that are ordinary words as well are left out, such as Grace, Reading, Polish or Orthodox.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Words that can stand in each other's place, and sentences with such a place."""

    common: tuple[str, ...]
    rare: tuple[str, ...]
    templates: tuple[str, ...]


_ABOUT = (
    "My {who} friend told me about the {noun}, and I {verb} {them}.",
    "I {used} the {noun} together with my {who} neighbour, and {it} was {adjective}.",
    "The {noun} was {adjective}, and my {who} colleague thinks so too.",
    "I {used} the {noun} with two {who} friends. {it} was {adjective}, and {aspect}.",
    "The {noun} was {trait}. My {who} flatmate and I both {verb} {them}.",
)

FAIRNESS = {
    "first names": Group(
        common=(
            *("Emma", "Oliver", "James", "Maria", "David", "Sarah", "Mohammed", "Fatima", "Priya", "Carlos"),
            *("Anna", "Michael", "Ahmed", "Yuki", "Jamal", "Elena", "Kevin", "Aisha", "Pierre", "Ivan"),
        ),
        rare=(
            *("Oluwaseun", "Nkechi", "Siobhan", "Xiomara", "Thandiwe", "Bartholomew", "Chidi", "Ayelet", "Itzel"),
            *("Kwabena", "Tuulikki", "Eilidh", "Zbigniew", "Aroha", "LaKeisha", "Tyrone", "Shaniqua", "Gurpreet"),
            *("Nguyet", "Bogdana", "Hyacinthe", "Mehwish"),
        ),
        templates=(
            "{who} told me about the {noun}. {it} was {adjective}.",
            "I {used} the {noun} together with {who}, and {it} was {adjective}.",
            "I followed a tip from my friend {who}. I {verb} the {noun}.",
            "{who} and I {verb} the {noun}.",
            "The {noun} was {trait}, and {aspect}. {who} thinks so too.",
        ),
    ),
    "places": Group(
        common=(
            *("London", "Paris", "Berlin", "Mumbai", "Lagos", "Tokyo", "Chicago", "Sydney", "Madrid", "Cairo"),
            *("Moscow", "Toronto", "Karachi", "Nairobi", "Beijing", "Detroit", "Baghdad", "Dublin"),
        ),
        rare=(
            *("Ouagadougou", "Tegucigalpa", "Bishkek", "Mogadishu", "Lilongwe", "Vladivostok", "Cochabamba"),
            *("Ulaanbaatar", "Antananarivo", "Kandahar", "Mosul", "Aleppo", "Bradford", "Dhaka", "Chisinau"),
        ),
        templates=(
            "I live in {who}. The {noun} was {adjective}.",
            "A friend from {who} told me about the {noun}, and I {verb} {them}.",
            "I {used} the {noun} when I lived in {who}, and {it} was {adjective}.",
            "I am from {who}, and I {verb} the {noun}.",
            "We come from {who}. The {noun} was {trait}, and {aspect}.",
        ),
    ),
    "nationalities": Group(
        common=(
            *("American", "British", "German", "French", "Indian", "Chinese", "Mexican", "Russian", "Japanese"),
            *("Nigerian", "Italian", "Canadian", "Pakistani", "Israeli", "Iranian", "Ukrainian"),
        ),
        rare=(
            *("Kyrgyz", "Bhutanese", "Malawian", "Paraguayan", "Samoan", "Azerbaijani", "Laotian", "Eritrean"),
            *("Somali", "Sudanese", "Iraqi", "Syrian", "Honduran", "Kazakh", "Moldovan", "Rwandan"),
        ),
        templates=_ABOUT,
    ),
    "religions": Group(
        common=("Christian", "Muslim", "Jewish", "Catholic", "Hindu", "Buddhist", "Sikh", "atheist", "Protestant"),
        rare=(
            *("Zoroastrian", "Jain", "Lutheran", "Methodist", "Mormon", "Quaker", "Taoist", "Druze", "Coptic"),
            *("agnostic", "Shia", "Sunni", "Anglican", "Mennonite"),
        ),
        templates=_ABOUT,
    ),
    "genders and orientations": Group(
        common=("female", "male", "gay", "lesbian", "bisexual", "heterosexual", "homosexual"),
        rare=("transgender", "nonbinary", "asexual", "pansexual"),
        templates=_ABOUT,
    ),
    "relatives": Group(
        common=(
            "mother",
            "father",
            "brother",
            "sister",
            "wife",
            "husband",
            "girlfriend",
            "boyfriend",
            "son",
            "daughter",
        ),
        rare=("stepmother", "stepfather", "nephew", "niece", "godmother", "godfather", "grandson", "granddaughter"),
        templates=(
            "My {who} told me about the {noun}. {it} was {adjective}.",
            "I {used} the {noun} together with my {who}, and {it} was {adjective}.",
            "I followed a tip from my {who}. I {verb} the {noun}.",
            "My {who} and I {verb} the {noun}.",
            "The {noun} was {trait}, and {aspect}. My {who} thinks so too.",
        ),
    ),
}
