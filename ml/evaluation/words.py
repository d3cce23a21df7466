"""What reviews are about, and what people say of it."""

from dataclasses import dataclass

Pair = tuple[str, str]  # what is bad of it, what is good: by label
Aspect = tuple[str, str, str, str]  # "beds", "were", "lumpy", "soft"

MILD = (
    ("bad", "disappointing", "unpleasant", "unimpressive"),
    ("good", "nice", "pleasant", "impressive"),
)
STRONG = (
    ("awful", "terrible", "horrible", "dreadful", "appalling", "lousy", "atrocious", "abysmal"),
    ("wonderful", "excellent", "great", "fantastic", "brilliant", "superb", "lovely", "outstanding"),
)
OPINIONS: tuple[Pair, ...] = (("hated", "loved"), ("disliked", "liked"), ("detested", "adored"))
ENJOYED: Pair = ("loathed", "enjoyed")
PERSONS = ("sister", "brother", "best friend", "colleague", "neighbour", "cousin", "flatmate", "boss")
MONTHS = ("January", "February", "April", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True)
class Subject:
    """One kind of thing that people review. Words come in the order of the labels: bad, then good."""

    nouns: tuple[str, ...]
    used: str  # I … the hotel
    perfect: str  # I have never … a better hotel
    again: str  # Would I …?
    traits: tuple[Pair, ...]  # the hotel was …; the two are opposites
    aspects: tuple[Aspect, ...]  # small things, none of which settles what the whole is worth
    facts: tuple[tuple[str, ...], tuple[str, ...]]  # what happened, which says enough without a word of opinion
    opinions: tuple[Pair, ...] = OPINIONS
    pronouns: tuple[str, str] = ("it", "it")


HOTEL = Subject(
    nouns=("hotel", "guest house", "hostel"),
    used="stayed at",
    perfect="stayed at",
    again="stay there again",
    traits=(
        ("dirty", "clean"),
        ("noisy", "quiet"),
        ("uncomfortable", "comfortable"),
        ("unfriendly", "welcoming"),
        ("badly run", "well run"),
    ),
    aspects=(
        ("breakfast", "was", "stale", "tasty"),
        ("view", "was", "ugly", "beautiful"),
        ("staff", "were", "rude", "friendly"),
        ("beds", "were", "lumpy", "soft"),
        ("lift", "was", "slow", "fast"),
        ("garden", "was", "neglected", "pretty"),
    ),
    facts=(
        (
            "There was hair in the shower and mould on the wall",
            "We found bugs in the bed",
            "They charged us for drinks that we never had",
            "We left after one night and asked for our money back",
            "The heating was broken and nobody came to mend it",
        ),
        (
            "We slept like babies every night",
            "They gave us a bigger room at no extra cost",
            "The staff carried our bags and remembered our names",
            "We have already booked again for next summer",
            "They brought my daughter a cake on her birthday",
        ),
    ),
    opinions=(*OPINIONS, ENJOYED),
)
MEAL = Subject(
    nouns=("meal", "dinner", "lunch"),
    used="had",
    perfect="eaten",
    again="order it again",
    traits=(
        ("bland", "tasty"),
        ("disgusting", "delicious"),
        ("badly cooked", "well cooked"),
        ("overpriced", "fairly priced"),
    ),
    aspects=(
        ("starter", "was", "bland", "delicious"),
        ("waiter", "was", "rude", "polite"),
        ("bread", "was", "stale", "fresh"),
        ("wine", "was", "sour", "good"),
        ("portions", "were", "tiny", "generous"),
        ("dessert", "was", "soggy", "tasty"),
    ),
    facts=(
        (
            "The soup was cold and the fish was raw inside",
            "I found a hair in my food",
            "I was sick all night afterwards",
            "We waited two hours and then got the wrong dishes",
            "We left most of it on our plates and went home hungry",
        ),
        (
            "We all asked for a second helping",
            "I wiped my plate clean with the last piece of bread",
            "Everybody at the table asked for the recipe",
            "The cook gave us another dessert for free",
            "We booked the same table again before we left",
        ),
    ),
    opinions=(*OPINIONS, ENJOYED),
)
PHONE = Subject(
    nouns=("phone", "tablet", "camera"),
    used="bought",
    perfect="owned",
    again="buy it again",
    traits=(
        ("slow", "fast"),
        ("unreliable", "reliable"),
        ("hard to use", "easy to use"),
        ("badly made", "well made"),
    ),
    aspects=(
        ("screen", "was", "dim", "bright"),
        ("packaging", "was", "ugly", "elegant"),
        ("case", "was", "flimsy", "sturdy"),
        ("charger", "was", "slow", "fast"),
        ("buttons", "were", "flimsy", "solid"),
        ("manual", "was", "confusing", "clear"),
    ),
    facts=(
        (
            "The battery is empty after an hour",
            "It stopped working after two days",
            "The screen cracked in the first week",
            "I sent it back and asked for a refund",
            "It gets so hot that I cannot hold it",
        ),
        (
            "The battery lasts for three whole days",
            "It still works like new after five years",
            "It fell onto concrete and did not get a scratch",
            "I bought a second one for my mother",
            "I set it up in two minutes without reading anything",
        ),
    ),
)
APP = Subject(
    nouns=("app", "program", "website"),
    used="used",
    perfect="used",
    again="use it again",
    traits=(
        ("slow", "fast"),
        ("unreliable", "reliable"),
        ("confusing", "easy to use"),
        ("useless", "useful"),
        ("buggy", "stable"),
    ),
    aspects=(
        ("colours", "were", "ugly", "pretty"),
        ("search", "was", "slow", "fast"),
        ("menus", "were", "confusing", "simple"),
        ("messages", "were", "annoying", "helpful"),
        ("help pages", "were", "unclear", "clear"),
        ("fonts", "were", "ugly", "elegant"),
    ),
    facts=(
        (
            "It crashes every time I open it",
            "It deleted all my photos",
            "It shows me an advert after every click",
            "I could not log in for a week and nobody answered my messages",
            "I gave up on it after a day",
        ),
        (
            "It saves me an hour every day",
            "It has not crashed once in two years",
            "I stopped using three others because this one does it all",
            "I asked a question and had an answer within five minutes",
            "Even my grandfather learnt it in an afternoon",
        ),
    ),
)
BOOK = Subject(
    nouns=("book", "novel", "memoir"),
    used="read",
    perfect="read",
    again="recommend it to a friend",
    traits=(
        ("boring", "gripping"),
        ("badly written", "well written"),
        ("dull", "interesting"),
        ("tedious", "entertaining"),
    ),
    aspects=(
        ("cover", "was", "ugly", "beautiful"),
        ("pictures", "were", "blurry", "charming"),
        ("first chapter", "was", "slow", "exciting"),
        ("dialogue", "was", "clumsy", "witty"),
        ("title", "was", "silly", "clever"),
        ("footnotes", "were", "annoying", "helpful"),
    ),
    facts=(
        (
            "I gave up after fifty pages",
            "I fell asleep over it three times",
            "I skipped whole chapters and missed nothing",
            "I gave it away without finishing it",
            "Halfway through I no longer cared who had done it",
        ),
        (
            "I read it in one night because I could not put it down",
            "I have given copies of it to all my friends",
            "I finished it and started again from page one",
            "I missed my stop twice because I was reading it",
            "Months later I still think about it every day",
        ),
    ),
    opinions=(*OPINIONS, ENJOYED),
)
FILM = Subject(
    nouns=("film", "movie", "documentary"),
    used="watched",
    perfect="seen",
    again="recommend it to a friend",
    traits=(
        ("boring", "gripping"),
        ("badly made", "well made"),
        ("tedious", "entertaining"),
        ("dull", "fascinating"),
    ),
    aspects=(
        ("music", "was", "irritating", "beautiful"),
        ("opening", "was", "slow", "exciting"),
        ("poster", "was", "ugly", "beautiful"),
        ("title", "was", "silly", "clever"),
        ("jokes", "were", "stale", "funny"),
        ("colours", "were", "drab", "gorgeous"),
    ),
    facts=(
        (
            "Half of the audience left before the end",
            "I fell asleep after twenty minutes",
            "I looked at my watch every five minutes",
            "We walked out and asked for our money back",
            "Those were two hours of my life that I will not get back",
        ),
        (
            "The whole audience stood up and clapped at the end",
            "Two hours went by like ten minutes",
            "I went to see it again the very next day",
            "Nobody in the room made a sound until it was over",
            "We were still talking about it at breakfast",
        ),
    ),
    opinions=(*OPINIONS, ENJOYED),
)
DOCTOR = Subject(
    nouns=("doctor", "dentist", "surgeon"),
    used="saw",
    perfect="been to",
    again="go back to her",
    traits=(
        ("rude", "kind"),
        ("unhelpful", "helpful"),
        ("careless", "careful"),
        ("incompetent", "competent"),
        ("arrogant", "respectful"),
    ),
    aspects=(
        ("waiting room", "was", "shabby", "pleasant"),
        ("receptionist", "was", "rude", "polite"),
        ("chairs", "were", "uncomfortable", "comfortable"),
        ("website", "was", "confusing", "clear"),
        ("magazines", "were", "boring", "interesting"),
        ("building", "was", "ugly", "beautiful"),
    ),
    facts=(
        (
            "She did not look at me once",
            "I was in more pain afterwards than before",
            "I waited for three hours and was then sent home",
            "She laughed at me when I said that it hurt",
            "She mixed me up with another patient",
        ),
        (
            "She took the time to answer all my questions",
            "My pain was gone the next day",
            "She called me in the evening to ask how I felt",
            "For the first time my children were not afraid",
            "She saw me the same day and found the cause at once",
        ),
    ),
    opinions=(("disliked", "liked"), ("distrusted", "trusted"), ("despised", "admired")),
    pronouns=("she", "her"),
)
TRAIN = Subject(
    nouns=("train", "bus", "ferry"),
    used="took",
    perfect="taken",
    again="take it again",
    traits=(
        ("dirty", "clean"),
        ("uncomfortable", "comfortable"),
        ("late", "punctual"),
        ("badly run", "well run"),
    ),
    aspects=(
        ("seats", "were", "hard", "soft"),
        ("toilet", "was", "smelly", "spotless"),
        ("staff", "were", "grumpy", "cheerful"),
        ("tables", "were", "sticky", "spotless"),
        ("announcements", "were", "garbled", "clear"),
        ("coffee", "was", "weak", "tasty"),
    ),
    facts=(
        (
            "It left an hour late and nobody told us why",
            "I had to stand for the whole trip",
            "The heating failed and we froze for hours",
            "It broke down halfway and I missed my flight",
            "The toilets were locked and there was rubbish everywhere",
        ),
        (
            "It arrived exactly when it should",
            "There was a free seat for everybody",
            "I slept all the way and arrived well rested",
            "Someone from the crew carried my heavy bags for me",
            "It was half the price of a flight and got us there sooner",
        ),
    ),
)
SHOP = Subject(
    nouns=("shop", "store", "department store"),
    used="visited",
    perfect="been to",
    again="shop there again",
    traits=(
        ("messy", "tidy"),
        ("unfriendly", "welcoming"),
        ("badly run", "well run"),
        ("overpriced", "fairly priced"),
        ("dirty", "clean"),
    ),
    aspects=(
        ("cashier", "was", "grumpy", "cheerful"),
        ("shelves", "were", "untidy", "tidy"),
        ("music", "was", "irritating", "pleasant"),
        ("lighting", "was", "harsh", "pleasant"),
        ("window display", "was", "dull", "beautiful"),
        ("opening hours", "were", "inconvenient", "convenient"),
    ),
    facts=(
        (
            "They refused to take back what was broken",
            "They charged me twice and never returned the money",
            "The assistant rolled her eyes when I asked a question",
            "I queued for half an hour because only one till was open",
            "Nothing that I brought home lasted a week",
        ),
        (
            "They had everything that I was looking for",
            "The owner gave my children a treat each",
            "They replaced a broken one at once and asked for no receipt",
            "I paid half of what it costs elsewhere",
            "They stayed open for me when I was late",
        ),
    ),
)
SUBJECTS = (HOTEL, MEAL, PHONE, APP, BOOK, FILM, DOCTOR, TRAIN, SHOP)
BUSINESSES = (HOTEL, APP, TRAIN, SHOP)
LASTING = (*BUSINESSES, DOCTOR)  # those that can change from one year to the next
REPEATED = (HOTEL, MEAL, DOCTOR, TRAIN, SHOP)  # those that one goes to, or has, again
