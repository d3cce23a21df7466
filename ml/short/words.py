"""The words of ml/short/templates.py: subjects by class, and opinion words by the classes that they suit.

Lists of opinion words go from common to rare. A mark after a noun tells its number: * is plural, ~ has no plural.
"""

POSITIVE, NEGATIVE = 1, -1


def listed(*texts: str) -> list[str]:
    """Split each text at its commas."""
    return [item.strip() for text in texts for item in text.split(",") if item.strip()]


# What is spoken of, a class each.
SUBJECTS = {
    "hotel": listed(
        "hotel, room, guesthouse, hostel, apartment, cottage, resort, suite, campsite, villa",
        "bed and breakfast, inn, holiday flat, lodge, motel, cabin, spa, beach hut, farmhouse, chalet",
        "holiday park",
    ),
    "meal": listed(
        "dinner, food~, lunch, breakfast, soup, pizza, curry, burger, cake, noodles*, salad, steak, risotto",
        "sandwich, fish~, dessert, pasta~, fries*, dumplings*, stew, pancakes*, sushi~, omelette, tacos*",
        "ravioli~, pie, kebab, paella~, lasagne~",
    ),
    "phone": listed(
        "phone, laptop, camera, tablet, headphones*, speaker, printer, keyboard, charger, smartwatch, router",
        "monitor, vacuum cleaner, kettle, microwave, drill, blender, toaster, washing machine, television",
        "hair dryer, earbuds*, coffee machine, e-reader, fridge, lawnmower, dashcam",
    ),
    "app": listed(
        "app, website, software~, web shop, browser, banking app, dating app, map app, photo editor",
        "spreadsheet, weather app, email program, calendar app, password manager, video editor, fitness app",
        "translation tool, chatbot, voice assistant, booking page, search engine",
    ),
    "book": listed(
        "book, novel, memoir, biography, story, short stories*, cookbook, poems*, thriller, guidebook",
        "sequel, textbook, comic, audiobook, fantasy novel, crime novel, essay, history book, graphic novel",
        "anthology",
    ),
    "film": listed(
        "film, movie, series, documentary, comedy, play, musical, remake, cartoon, episode, drama, finale",
        "horror film, western, concert, opera, album, podcast, second season, trailer, soap opera",
    ),
    "doctor": listed(
        "doctor, dentist, nurse, surgeon, midwife, vet, physiotherapist, optician, therapist, pharmacist",
        "receptionist, psychiatrist, paediatrician, carer, dermatologist, anaesthetist",
    ),
    "train": listed(
        "train, bus, flight, ferry, taxi, tram, night train, airline, coach, metro, shuttle, cruise",
        "bus service, train ride, boat trip, cable car, car hire, minibus, underground line, ride home",
    ),
    "shop": listed(
        "shop, supermarket, bakery, bookshop, market, pharmacy, restaurant, cafe, bar, pub, garden centre",
        "shoe shop, butcher's, florist's, department store, pizzeria, tea room, food truck, museum, gym",
        "barber's, petrol station",
    ),
    "clothes": listed(
        "dress, jacket, shoes*, jeans*, sweater, shirt, coat, boots*, trousers*, scarf, socks*, swimsuit",
        "suit, sandals*, gloves*, raincoat, pyjamas*, skirt, hoodie, trainers*, cardigan, leggings*, blouse",
    ),
    "game": listed(
        "game, board game, puzzle, video game, card game, racing game, quiz, strategy game, football game",
        "mobile game, role-playing game, expansion, multiplayer mode, word game, platformer, escape room",
        "chess app, new level, treasure hunt, dice game",
    ),
    "person": listed(
        "waiter, teacher, driver, manager, guide, plumber, landlord, hairdresser, builder, lawyer, coach",
        "cleaner, host, neighbour, electrician, babysitter, mechanic, cashier, boss, instructor",
        "estate agent, painter, gardener, cook, flatmate, shop assistant, caretaker, tutor, new colleague",
        "security guard, flight attendant, bartender",
    ),
    "service": listed(
        "service~, customer service~, delivery, support~, help desk, insurance~, repair, internet connection",
        "bank, moving company, cleaning service, course, workshop, online class, gas supplier",
        "phone contract, wedding planner, energy company, car wash, laundry service, dog walking service",
        "meal delivery, council, after-sales service~",
    ),
}

DETERMINERS = {
    "hotel": listed("the, the, our, our, this"),
    "meal": listed("the, the, my, our, their, this"),
    "phone": listed("the, the, my, my, this, our"),
    "app": listed("the, the, this, their"),
    "book": listed("the, the, this, this"),
    "film": listed("the, the, this, this"),
    "doctor": listed("the, my, our"),
    "train": listed("the, the, our, this"),
    "shop": listed("the, the, this, our local"),
    "clothes": listed("the, my, this, my new"),
    "game": listed("the, the, this, this"),
    "person": listed("the, the, our, my, our"),
    "service": listed("the, the, their, our"),
}

# The groups of opinion words that suit a class.
SUITS = {
    "hotel": ("any", "thing", "place", "stay"),
    "meal": ("any", "thing", "food"),
    "phone": ("any", "thing", "machine", "made"),
    "app": ("any", "thing", "machine", "screen"),
    "book": ("any", "thing", "story"),
    "film": ("any", "thing", "story", "shown"),
    "doctor": ("any", "person"),
    "train": ("any", "thing", "ride"),
    "shop": ("any", "thing", "place"),
    "clothes": ("any", "thing", "clothes", "made"),
    "game": ("any", "thing", "play"),
    "person": ("any", "person"),
    "service": ("any", "thing", "service"),
}

# Adjectives with degrees: "very good", "not good", "too slow".
GRADABLE = {
    POSITIVE: {
        "any": listed(
            "good, nice, pleasant, impressive, special, decent, memorable, remarkable, appealing, praiseworthy",
            "commendable",
        ),
        "thing": listed("enjoyable, satisfying, worthwhile, attractive, pleasing, gratifying"),
        "place": listed(
            "clean, cosy, charming, inviting, welcoming, tidy, homely, atmospheric, relaxing, well kept",
            "beautiful, hospitable, well run, tasteful, picturesque",
        ),
        "stay": listed("comfortable, quiet, peaceful, restful, spacious, romantic, tranquil, serene"),
        "food": listed(
            "tasty, fresh, filling, juicy, flavourful, appetising, wholesome, tender, mouth-watering",
            "well seasoned, moreish, nourishing, aromatic, palatable, succulent",
        ),
        "machine": listed(
            "reliable, useful, fast, easy to use, handy, efficient, practical, clever, user-friendly, responsive",
            "accurate, versatile, powerful, dependable, innovative, ingenious, nifty",
        ),
        "made": listed("sturdy, well made, durable, stylish, robust, good value, well built, hard-wearing"),
        "screen": listed(
            "intuitive, smooth, clear, secure, stable, uncluttered, well thought out, well designed, snappy"
        ),
        "story": listed(
            "funny, exciting, convincing, valuable, rewarding, refreshing, charming, likeable, laudable",
            "interesting, moving, clever, original, touching, well written, gripping, imaginative, engaging",
            "witty, inspiring, thoughtful, entertaining, heartwarming, suspenseful, insightful, absorbing",
            "thought-provoking, evocative, poignant, compelling, uplifting, captivating, perceptive",
        ),
        "shown": listed("well acted, lively, watchable, catchy, stylish"),
        "person": listed(
            "kind, friendly, likeable, charming, admirable, helpful, polite, professional, reliable, patient",
            "honest, caring, competent, cheerful, thoughtful, generous, attentive, considerate, skilled, gentle",
            "warm, respectful, trustworthy, good-natured, courteous, diligent, conscientious, compassionate",
            "approachable, knowledgeable, tactful, supportive, obliging, affable, gracious, personable",
            "sympathetic, humble, big-hearted, congenial",
        ),
        "ride": listed(
            "reliable, punctual, comfortable, smooth, fast, clean, safe, relaxing, well organised, convenient",
            "scenic",
        ),
        "clothes": listed(
            "comfortable, flattering, elegant, soft, warm, beautiful, fashionable, chic, snug, graceful, classy"
        ),
        "play": listed(
            "fun, exciting, rewarding, refreshing, well thought out, likeable, clever, original, absorbing",
            "well balanced, imaginative, lively, replayable, engrossing, playable",
        ),
        "service": listed(
            "professional, reliable, useful, well organised, valuable, dependable, helpful, fast, fair",
            "efficient, quick, honest, friendly, prompt, trouble-free, hassle-free, responsive, transparent",
            "straightforward, competent, speedy",
        ),
    },
    NEGATIVE: {
        "any": listed(
            "bad, disappointing, annoying, unpleasant, irritating, frustrating, lousy, unimpressive",
            "tiresome, off-putting, objectionable",
        ),
        "thing": listed(
            "poor, overpriced, unsatisfying, underwhelming, unsatisfactory, dissatisfying, lacklustre, deficient"
        ),
        "place": listed(
            "dirty, shabby, noisy, smelly, run-down, grubby, gloomy, cramped, unwelcoming, filthy, grimy, seedy",
            "dingy, dusty, unhygienic, neglected, tatty, squalid, drab, inhospitable, soulless, stuffy",
        ),
        "stay": listed(
            "uncomfortable, damp, depressing, disagreeable, draughty, mouldy, unsafe, claustrophobic, musty",
            "dilapidated",
        ),
        "food": listed(
            "bland, greasy, stale, soggy, tasteless, salty, burnt, undercooked, overcooked, dry, tough, rubbery",
            "chewy, bitter, lukewarm, flavourless, oily, unappetising, stodgy, sickly, mushy, watery, insipid",
        ),
        "machine": listed(
            "slow, unreliable, clumsy, impractical, faulty, glitchy, complicated, inaccurate, temperamental",
            "inefficient, awkward, unresponsive, sluggish, outdated, error-prone, finicky, cumbersome, defective",
            "fiddly",
        ),
        "made": listed("flimsy, badly made, fragile, shoddy, ugly, cheaply made, poor value, tacky"),
        "screen": listed(
            "buggy, cluttered, unstable, insecure, laggy, badly designed, confusing, misleading, intrusive",
            "bloated",
        ),
        "story": listed(
            "boring, predictable, depressing, tedious, confusing, wearisome, offensive, silly, slow, dull",
            "cheesy, cliched, pretentious, unoriginal, implausible, shallow, badly written, forgettable",
            "pointless, repetitive, incoherent, contrived, unconvincing, long-winded, plodding, derivative",
            "stilted, trite, formulaic, superficial, preachy, unfunny, hackneyed, turgid, vapid",
        ),
        "shown": listed("badly acted, lifeless, unwatchable, wooden, overlong"),
        "person": listed(
            "rude, unfriendly, unhelpful, unprofessional, incompetent, unreliable, obnoxious, impatient",
            "dishonest, careless, arrogant, lazy, mean, cold, grumpy, aggressive, disrespectful, selfish",
            "dismissive, impolite, condescending, inattentive, thoughtless, cruel, bossy, pushy, untrustworthy",
            "hostile, insensitive, indifferent, abrupt, sloppy, ill-mannered, patronising, surly, callous",
            "uncaring, discourteous, snobbish, sullen, brusque, curt, cantankerous, haughty, spiteful",
        ),
        "ride": listed(
            "unpunctual, unreliable, stressful, crowded, bumpy, dirty, uncomfortable, slow, cramped, noisy, unsafe",
            "badly organised, stuffy, chaotic",
        ),
        "clothes": listed(
            "uncomfortable, unflattering, itchy, scratchy, ugly, stiff, badly cut, frumpy, ill-fitting, dowdy"
        ),
        "play": listed(
            "boring, repetitive, dull, stressful, confusing, wearisome, unfair, buggy, unoriginal, tedious",
            "clunky, unbalanced, monotonous, pointless, unplayable, shallow, laggy",
        ),
        "service": listed(
            "unprofessional, unreliable, badly organised, stressful, confusing, misleading, incompetent, slow",
            "unhelpful, unfair, expensive, inefficient, dishonest, bureaucratic, chaotic, rude, careless, sloppy",
            "overcomplicated, disorganised, sluggish, evasive, haphazard, slapdash",
        ),
    },
}

# Adjectives that are a degree: "absolutely superb", hardly "very superb".
EXTREME = {
    POSITIVE: {
        "any": listed(
            "great, excellent, amazing, wonderful, perfect, fantastic, brilliant, awesome, outstanding, superb",
            "lovely, incredible, terrific, delightful, fabulous, exceptional, marvellous, first-class, flawless",
            "magnificent, splendid, top-notch, stellar, phenomenal, extraordinary, faultless, exemplary",
            "world-class, impeccable, sensational, superlative, tip-top",
        ),
        "thing": listed(
            "magical, spectacular, glorious, sublime, unforgettable, exquisite, breathtaking, heavenly, divine"
        ),
        "food": listed("delicious, scrumptious, delectable, finger-licking good, yummy"),
        "story": listed("hilarious, fascinating, enthralling, spellbinding, riveting, unputdownable, mesmerising"),
        "shown": listed("stunning, electrifying, dazzling"),
        "stay": listed("luxurious, idyllic, spotless, immaculate"),
        "person": listed("adorable, selfless, inspirational, saintly"),
        "clothes": listed("gorgeous, stunning"),
        "machine": listed("ingenious, revolutionary"),
        "play": listed("thrilling, enthralling"),
    },
    NEGATIVE: {
        "any": listed(
            "terrible, awful, horrible, dreadful, pathetic, appalling, disgraceful, rubbish, unacceptable",
            "shocking, atrocious, abysmal, horrendous, disastrous, dire, outrageous, infuriating, woeful",
            "horrific, unbearable, dismal, deplorable, insufferable, ghastly, lamentable, diabolical, shambolic",
            "hideous, contemptible, reprehensible, abominable, execrable",
        ),
        "thing": listed("worthless, miserable, crappy, laughable, ridiculous, excruciating, calamitous, godawful"),
        "food": listed("disgusting, inedible, revolting, vile, foul, nauseating, stomach-churning, rancid"),
        "story": listed("mind-numbing, nonsensical, unreadable, soporific, cringeworthy, idiotic"),
        "shown": listed("cringe-inducing, tuneless"),
        "stay": listed("uninhabitable, putrid, wretched, decrepit"),
        "person": listed("useless, hopeless, heartless, despicable, detestable, loathsome"),
        "clothes": listed("unwearable, threadbare"),
        "machine": listed("useless, hopeless, unusable, obsolete"),
        "play": listed("mindless, excruciating"),
        "service": listed("useless, hopeless"),
        "ride": listed("hopeless"),
    },
}

# Comparatives that are not "more …".
COMPARATIVES = {
    "good": "better",
    "bad": "worse",
    "fun": "more fun",
    "good value": "better value",
    "poor value": "worse value",
    "poor": "poorer",
    "nice": "nicer",
    "clean": "cleaner",
    "cosy": "cosier",
    "tidy": "tidier",
    "quiet": "quieter",
    "tasty": "tastier",
    "fresh": "fresher",
    "juicy": "juicier",
    "fast": "faster",
    "handy": "handier",
    "easy to use": "easier to use",
    "smooth": "smoother",
    "clear": "clearer",
    "sturdy": "sturdier",
    "funny": "funnier",
    "witty": "wittier",
    "lively": "livelier",
    "kind": "kinder",
    "friendly": "friendlier",
    "polite": "politer",
    "gentle": "gentler",
    "warm": "warmer",
    "safe": "safer",
    "soft": "softer",
    "snug": "snugger",
    "classy": "classier",
    "fair": "fairer",
    "quick": "quicker",
    "speedy": "speedier",
    "nifty": "niftier",
    "snappy": "snappier",
    "homely": "homelier",
    "humble": "humbler",
    "catchy": "catchier",
    "lousy": "lousier",
    "shabby": "shabbier",
    "dull": "duller",
    "dirty": "dirtier",
    "noisy": "noisier",
    "smelly": "smellier",
    "grubby": "grubbier",
    "gloomy": "gloomier",
    "filthy": "filthier",
    "grimy": "grimier",
    "seedy": "seedier",
    "dingy": "dingier",
    "dusty": "dustier",
    "tatty": "tattier",
    "drab": "drabber",
    "stuffy": "stuffier",
    "damp": "damper",
    "draughty": "draughtier",
    "mouldy": "mouldier",
    "musty": "mustier",
    "bland": "blander",
    "greasy": "greasier",
    "soggy": "soggier",
    "salty": "saltier",
    "dry": "drier",
    "tough": "tougher",
    "chewy": "chewier",
    "oily": "oilier",
    "mushy": "mushier",
    "slow": "slower",
    "clumsy": "clumsier",
    "glitchy": "glitchier",
    "fiddly": "fiddlier",
    "flimsy": "flimsier",
    "ugly": "uglier",
    "tacky": "tackier",
    "buggy": "buggier",
    "laggy": "laggier",
    "silly": "sillier",
    "cheesy": "cheesier",
    "trite": "more trite",
    "rude": "ruder",
    "lazy": "lazier",
    "mean": "meaner",
    "cold": "colder",
    "grumpy": "grumpier",
    "bossy": "bossier",
    "pushy": "pushier",
    "sloppy": "sloppier",
    "surly": "surlier",
    "bumpy": "bumpier",
    "itchy": "itchier",
    "scratchy": "scratchier",
    "stiff": "stiffer",
    "clunky": "clunkier",
    "unfriendly": "unfriendlier",
}

# "It was a …"
NOUNS = {
    POSITIVE: {
        "any": listed(
            "joy, delight, pleasure, treasure, gem, success, winner, star, marvel, blessing, wonder, godsend",
            "triumph, pleasant surprise, breath of fresh air, real find, credit to the business, beacon of hope",
        ),
        "thing": listed(
            "treat, hit, dream, bargain, relief, highlight, lifesaver, masterpiece, thing of beauty, revelation",
            "classic, great deal, must-have, crowd-pleaser, dream come true, gift, hoot, godsend, jewel",
            "privilege, sensation, beauty, perfect gift, hidden gem, big improvement, work of art, tour de force",
            "game changer, knockout, feast for the senses, wise choice, smart buy, boon, stroke of genius",
        ),
        "person": listed(
            "hero, angel, true friend, gentleman at heart, tower of strength, true professional, role model",
            "ray of sunshine, legend, inspiration, saint",
        ),
    },
    NEGATIVE: {
        "any": listed(
            "disaster, disappointment, joke, nightmare, disgrace, letdown, nuisance, failure, pain",
            "embarrassment, bore, laughing stock, liability, nasty surprise, menace, source of misery",
            "pain in the neck, blot on the business",
        ),
        "thing": listed(
            "waste of money, waste of time, mess, mistake, rip-off, flop, scam, chore, con, insult, shambles",
            "fiasco, dud, ordeal, catastrophe, farce, debacle, travesty, calamity, misery, huge step back, sham",
            "botch, blunder, swindle, monstrosity, bad joke, total loss, bother, blight, hassle, burden, bummer",
        ),
        "person": listed("bully, liar, snob, show-off, slacker, bad influence, crook, pest, fraud, tyrant, cheat"),
    },
}

# What a subject may have or lack; of any number, and without an article.
TRAITS = {
    POSITIVE: {
        "hotel": listed("comfort~, charm~, character~, atmosphere~, privacy~, luxury~, style~, creature comforts*"),
        "meal": listed("flavour~, freshness~, seasoning~, taste~, fresh ingredients*, texture~, finesse~"),
        "phone": listed("power~, useful features*, style~, polish~, build quality~, clever touches*, reliability~"),
        "app": listed("useful features*, polish~, clarity~, clever touches*, stability~, helpful options*"),
        "book": listed("depth~, wit~, humour~, suspense~, insight~, originality~, imagination~, memorable characters*"),
        "film": listed("depth~, wit~, humour~, suspense~, originality~, imagination~, energy~, good jokes*, heart~"),
        "doctor": listed("kindness~, patience~, empathy~, compassion~, warmth~, skill~, expertise~, tact~, sympathy~"),
        "train": listed("comfort~, legroom~, punctuality~, good connections*, reliability~, fresh air~"),
        "shop": listed("charm~, character~, atmosphere~, good bargains*, style~, warmth~, fresh products*"),
        "clothes": listed("style~, elegance~, comfort~, quality~, class~, warmth~, charm~"),
        "game": listed("depth~, variety~, excitement~, originality~, replay value~, clever ideas*, polish~, charm~"),
        "person": listed(
            "kindness~, patience~, tact~, warmth~, good manners*, skill~, common sense~, courtesy~, humour~"
        ),
        "service": listed("efficiency~, transparency~, courtesy~, expertise~, professionalism~, good communication~"),
    },
    NEGATIVE: {
        "hotel": listed("noise~, stains*, mould~, damp~, unpleasant smells*, hidden fees*, bedbugs*, dirt~, problems*"),
        "meal": listed("grease~, gristle~, burnt bits*, lumps*, aftertaste~, soggy bits*, hair~, problems*"),
        "phone": listed(
            "faults*, problems*, defects*, overheating~, background noise~, hiccups*, scratches*",
            "teething troubles*",
        ),
        "app": listed(
            "bugs*, crashes*, glitches*, annoying adverts*, errors*, hidden charges*, lag~, spam~, problems*"
        ),
        "book": listed("cliches*, padding~, plot holes*, spelling mistakes*, dull passages*, boring bits*, waffle~"),
        "film": listed("cliches*, plot holes*, boring bits*, bad jokes*, dull moments*, overacting~, silly dialogue~"),
        "doctor": listed("rudeness~, impatience~, arrogance~, condescension~, carelessness~, mistakes*, hostility~"),
        "train": listed(
            "delays*, litter~, cancellations*, overcrowding~, broken seats*, noise~, problems*, long waits*"
        ),
        "shop": listed(
            "queues*, dirt~, hidden charges*, pushy staff*, unpleasant smells*, clutter~, problems*, rude staff*"
        ),
        "clothes": listed("loose threads*, itching~, stains*, defects*, holes*, stray stitches*, flaws*"),
        "game": listed("bugs*, lag~, glitches*, boring bits*, unfair levels*, annoying adverts*, crashes*, cheating~"),
        "person": listed(
            "rudeness~, bad manners*, arrogance~, laziness~, excuses*, carelessness~, shouting~, sarcasm~"
        ),
        "service": listed(
            "delays*, mistakes*, hidden fees*, fuss~, red tape~, excuses*, problems*, mix-ups*, hassle~, errors*"
        ),
    },
}

# What a subject may do, in the base form.
DOINGS = {
    POSITIVE: {
        "any": listed(
            "impress us, please us, live up to our expectations, make us smile, win us over, make my day",
            "stand out, deserve five stars, deserve praise, delight my family, cheer me up, save the day",
            "inspire me, earn our praise, charm us, fulfil our hopes, brighten my day, amaze me, thrill us",
            "live up to the hype, shine",
        ),
        "thing": listed(
            "feel special, give us great pleasure, leave us happy, meet all our needs, hit the mark, pay off"
        ),
        "place": listed("feel like home, smell fresh, look beautiful, feel welcoming, cast a spell on us"),
        "stay": listed("help us relax, offer everything we needed, feel like paradise"),
        "food": listed(
            "taste great, hit the spot, melt in the mouth, smell wonderful, taste fresh, arrive hot",
            "tickle my taste buds, taste like heaven",
        ),
        "machine": listed(
            "work perfectly, run smoothly, respond instantly, save me hours, make life easier",
            "do the job brilliantly, work like a charm, function flawlessly",
        ),
        "made": listed("last for years, hold up well, feel solid, look stylish"),
        "screen": listed("load quickly, protect my data, guide me well, sync perfectly"),
        "story": listed(
            "hold my attention, make me laugh out loud, keep me hooked, touch my heart, captivate me",
            "keep me guessing, grip me from start to finish, flow beautifully, stir the imagination, enthrall me",
        ),
        "shown": listed("sparkle, blow me away, bring the house down"),
        "person": listed(
            "listen carefully, explain everything clearly, treat us kindly, answer all my questions",
            "greet us warmly, make us feel welcome, put me at ease, help us at once, take good care of us",
            "show real concern, treat us with respect, earn our trust, reassure my mother, calm me down",
            "comfort me, do a great job",
        ),
        "ride": listed("run on time, arrive on time, leave on schedule, get us there safely, go like clockwork"),
        "clothes": listed(
            "fit perfectly, feel soft, look elegant, keep me warm, wash well, suit me perfectly",
            "flatter my figure",
        ),
        "play": listed("keep us entertained, hold our interest, run smoothly, get everyone laughing, keep me hooked"),
        "service": listed(
            "solve my problem, keep every promise, help me at once, run like clockwork, go smoothly",
            "sort everything out, give good value, treat customers fairly",
        ),
    },
    NEGATIVE: {
        "any": listed(
            "disappoint us, let us down, annoy us, spoil our day, ruin our weekend, waste our time",
            "make us angry, drive me mad, frustrate us, deserve criticism, put us off, upset my mother",
            "cause trouble, irritate me, get on my nerves, embarrass us, exasperate my family, fall short",
            "make everything worse, appal me, infuriate us, stress me out",
        ),
        "thing": listed("feel cheap, give us a headache, leave us angry, waste our money, miss the mark, backfire"),
        "place": listed("smell of damp, feel unsafe, look shabby, reek of smoke, give us the creeps"),
        "stay": listed("keep us awake, feel like a prison, smell of drains"),
        "food": listed(
            "taste awful, make us ill, smell rotten, taste stale, arrive cold, upset my stomach",
            "taste like cardboard, turn my stomach",
        ),
        "machine": listed(
            "stop working, crash on me, freeze on me, break down, let me down, malfunction, fail us",
            "drive me crazy",
        ),
        "made": listed("fall apart, break after a week, look ugly, feel flimsy"),
        "screen": listed("lose my data, load slowly, drain the battery, bombard me with adverts"),
        "story": listed(
            "bore me, drag on, send me to sleep, fall flat, lose my interest, insult my intelligence, fizzle out",
            "ramble on, bore me to tears, test my patience",
        ),
        "shown": listed("bomb, grate on me, make me cringe"),
        "person": listed(
            "ignore me, keep us waiting, shout at us, talk down to me, lie to us, rush me, insult my sister",
            "overcharge us, dismiss my worries, interrupt me, forget about us, brush me off",
            "snap at the children, bully us, treat us badly, mock my questions",
        ),
        "ride": listed("arrive late, break down, leave us stranded, run late, make us miss our connection"),
        "clothes": listed(
            "shrink in the wash, fall apart at the seams, itch, lose colour, scratch my skin, look cheap, fade"
        ),
        "play": listed("bore us, get boring quickly, crash on us, feel repetitive, lose our interest"),
        "service": listed(
            "lose my order, ignore my emails, keep me on hold, charge hidden fees, overcharge us",
            "mess up my booking, cancel at the last minute, cause delays",
        ),
    },
}

# Irregular verbs: base, past, past participle.
IRREGULAR = {
    "arise": ("arose", "arisen"),
    "blow": ("blew", "blown"),
    "break": ("broke", "broken"),
    "bring": ("brought", "brought"),
    "cast": ("cast", "cast"),
    "do": ("did", "done"),
    "drive": ("drove", "driven"),
    "fall": ("fell", "fallen"),
    "feel": ("felt", "felt"),
    "fit": ("fitted", "fitted"),
    "forget": ("forgot", "forgotten"),
    "freeze": ("froze", "frozen"),
    "get": ("got", "got"),
    "give": ("gave", "given"),
    "go": ("went", "gone"),
    "hit": ("hit", "hit"),
    "hold": ("held", "held"),
    "keep": ("kept", "kept"),
    "leave": ("left", "left"),
    "let": ("let", "let"),
    "live": ("lived", "lived"),
    "lose": ("lost", "lost"),
    "make": ("made", "made"),
    "meet": ("met", "met"),
    "pay": ("paid", "paid"),
    "put": ("put", "put"),
    "run": ("ran", "run"),
    "send": ("sent", "sent"),
    "shine": ("shone", "shone"),
    "show": ("showed", "shown"),
    "shrink": ("shrank", "shrunk"),
    "stand": ("stood", "stood"),
    "stick": ("stuck", "stuck"),
    "take": ("took", "taken"),
    "upset": ("upset", "upset"),
    "win": ("won", "won"),
}
DOUBLED = {
    "grip": "gripp",
    "stop": "stopp",
    "appal": "appall",
    "fulfil": "fulfill",
    "cancel": "cancell",
    "drag": "dragg",
    "stir": "stirr",
    "snap": "snapp",
    "flop": "flopp",
}  # before -ed

# What the writer feels for a subject: now, and then.
FEELINGS = {
    POSITIVE: {
        "love": "loved",
        "like": "liked",
        "enjoy": "enjoyed",
        "recommend": "recommended",
        "adore": "adored",
        "appreciate": "appreciated",
        "admire": "admired",
        "treasure": "treasured",
        "think highly of": "thought highly of",
        "am very happy with": "was very happy with",
        "am delighted with": "was delighted with",
        "am impressed with": "was impressed with",
        "am pleased with": "was pleased with",
        "rave about": "raved about",
        "have nothing but praise for": "had nothing but praise for",
        "cherish": "cherished",
    },
    NEGATIVE: {
        "hate": "hated",
        "dislike": "disliked",
        "regret choosing": "regretted choosing",
        "resent": "resented",
        "detest": "detested",
        "despise": "despised",
        "loathe": "loathed",
        "complain about": "complained about",
        "think poorly of": "thought poorly of",
        "am very unhappy with": "was very unhappy with",
        "am disgusted with": "was disgusted with",
        "am disappointed with": "was disappointed with",
        "am fed up with": "was fed up with",
        "moan about": "moaned about",
        "have nothing but contempt for": "had nothing but contempt for",
        "abhor": "abhorred",
    },
}

# A part of a subject, with its number.
ASPECTS = {
    "hotel": listed("bed, view, breakfast, shower, pool, garden, location, staff*, bathroom, wifi~"),
    "meal": listed("sauce, portion, meat~, starter, dessert, presentation~, drinks*, side dishes*"),
    "phone": listed("battery, design, sound~, manual, price, packaging~, cable, buttons*, warranty"),
    "app": listed("layout, search, colours*, menu, support~, new version, login, settings*"),
    "book": listed("ending, plot, cover, dialogue~, first chapter, characters*, language~, illustrations*"),
    "film": listed("ending, plot, music~, acting~, dialogue~, camera work~, costumes*, special effects*, cast"),
    "doctor": listed("waiting room, parking~, opening hours*, website, furniture~, booking system, coffee, location"),
    "train": listed("seat, view, driver, air conditioning~, app, station, food on board~, toilets*, announcements*"),
    "shop": listed("selection, prices*, lighting~, location, parking~, music~, opening hours*, staff*, website"),
    "clothes": listed("colour, fabric, cut, price, zip, buttons*, lining, packaging~, delivery"),
    "game": listed("graphics*, story, music~, controls*, price, tutorial, characters*, rules*, online mode"),
    "person": listed("paperwork~, website, price, timing~, handwriting~, parking~, first email, office, coffee"),
    "service": listed("price, website, staff*, packaging~, communication~, paperwork~, hotline, app"),
}

ASPECT_ADJECTIVES = {
    POSITIVE: listed(
        "good, nice, great, excellent, lovely, wonderful, perfect, superb, impressive, amazing, fantastic"
    ),
    NEGATIVE: listed(
        "bad, poor, awful, terrible, disappointing, dreadful, horrible, lousy, unimpressive, dire, dismal"
    ),
}

# Do it again: what one does with a subject, base and past participle. {them} is the subject.
USES = {
    "hotel": ("stay there", "stayed there"),
    "meal": ("order {them}", "ordered {them}"),
    "phone": ("buy {them}", "bought {them}"),
    "app": ("use {them}", "used {them}"),
    "book": ("read {them}", "read {them}"),
    "film": ("see {them}", "seen {them}"),
    "doctor": ("see {them}", "seen {them}"),
    "train": ("take {them}", "taken {them}"),
    "shop": ("go there", "gone there"),
    "clothes": ("wear {them}", "worn {them}"),
    "game": ("play {them}", "played {them}"),
    "person": ("deal with {them}", "dealt with {them}"),
    "service": ("use {them}", "used {them}"),
}

# A sentence of no opinion that may come first.
LEADS = {
    "hotel": listed(
        "We stayed for {few} nights, We were there {when}, I booked online, We arrived late in the evening"
    ),
    "meal": listed("We ate there {when}, I ordered for {few} people, It was a {day}, I had lunch with {mate}"),
    "phone": listed(
        "I bought {them} {when}, I have had {them} for {few} weeks, I got {them} from {mate}",
        "I ordered {them} on a {day}",
    ),
    "app": listed("I installed it {when}, I have used it for {few} weeks, I use it at work, I opened it on a {day}"),
    "book": listed(
        "I read {them} {when}, I borrowed {them} from {mate}, I read {them} on a {day}",
        "I bought {them} at the airport",
    ),
    "film": listed("I saw it {when}, I went with {mate}, I watched it on a {day}, We streamed it at home"),
    "doctor": listed(
        "I had an appointment {when}, I went there with {mate}, It was my first visit, I needed a check-up"
    ),
    "train": listed(
        "We travelled {when}, I booked it for {few} people, We were going to {place}, I travelled with {mate}"
    ),
    "shop": listed("I went there {when}, I was there with {mate}, It was a {day}, I needed {few} things"),
    "clothes": listed(
        "I ordered online {when}, I wore {them} on a {day}, I bought {them} for a wedding",
        "I got {them} from {mate}",
    ),
    "game": listed("I played for {few} hours, I bought it {when}, I played it with {mate}, We tried it on a {day}"),
    "person": listed("We met {when}, It was a {day}, I was there with {mate}, We had an appointment"),
    "service": listed("I called {when}, I signed up {when}, It was a {day}, I have been a customer for {few} years"),
}

WHEN = listed(
    "yesterday, last night, last week, last month, on Monday, on Friday evening, last summer, in May",
    "two days ago, this morning, at the weekend, over Christmas, in October, on Sunday, a month ago",
    "last year, before the holidays",
)
DAYS = listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
FEW = listed("two, three, four, five, six, seven, ten")
NOW = listed("now, today, these days, nowadays, at the moment")
SINCE = listed(
    "since the move, since last spring, since the change of owner, since March, since the summer",
    "since the new year",
)
AFTER = listed("after a week, after a month, in the end, after a while, later, by the end, after the first hour")
MIDWAY = listed("by the end, after the first hour, in the end, later, after a while, towards the end")
UPDATES = listed("update, change of management, last change, takeover, new rules, reorganisation")
MIDDLES = listed(
    "that we chose in the end, everyone talks about, that {mate} told me about, you see in the adverts",
    "on our list, from the advert, I mentioned {when}, that {name} picked for us, we tried {when}",
    "that I found online",
)
PERSON_MIDDLES = listed(
    "we met {when}, I spoke to {when}, that {mate} told me about, with the glasses, in the blue shirt",
    "from {place}, I was sent to, who was there {when}, that {name} works with, on duty {when}",
)
# * is plural.
SOURCES = listed(
    "my husband, my wife, my partner, my boyfriend, my girlfriend, my brother, my sister, my mother",
    "my father, my boss, my friends*, my parents*, my colleagues*, my children*, the critics*",
    "the reviewers*, other people*, most guests*, my neighbour, my best friend, my flatmate, my aunt",
    "my grandson, my cousin, my teammates*, the others*, the newspapers*, the guidebook",
    "my {nation} friend, my {faith} neighbour, my {identity} colleague, my {faith} friends*, {name}",
    "{name} and {name}*, everybody else, everyone online, the man at the desk",
)
COMPANIONS = listed(
    "my husband, my wife, my partner, my boyfriend, my girlfriend, my brother, my sister, my mother",
    "my father, a friend, my neighbour, my best friend, my flatmate, my aunt, my grandson, my cousin",
    "my {nation} friend, my {faith} cousin, a {identity} friend, {name}, {name} and {name}",
    "my {nation} neighbour",
)
VERY = listed(
    "very, really, so, quite, pretty, rather, extremely, incredibly, truly, particularly, fairly",
    "surprisingly",
)
ABSOLUTELY = listed("absolutely, simply, totally, completely, really, truly, utterly, just, quite simply, frankly")
OPENERS = listed(
    "honestly, to be honest, in my opinion, frankly, overall, all in all, I must say, in short, well",
    "for me",
)

NATIONS = listed(
    "Nigerian, Mexican, Chinese, Indian, German, French, British, American, Brazilian, Turkish, Polish",
    "Russian, Ukrainian, Syrian, Iranian, Iraqi, Israeli, Palestinian, Egyptian, Moroccan, Kenyan",
    "Ethiopian, Somali, Ghanaian, Japanese, Korean, Vietnamese, Thai, Filipino, Indonesian, Pakistani",
    "Bangladeshi, Afghan, Italian, Spanish, Portuguese, Greek, Romanian, Bulgarian, Hungarian, Swedish",
    "Norwegian, Finnish, Dutch, Irish, Scottish, Canadian, Australian, Cuban, Colombian, Peruvian",
    "Argentinian, Jamaican, Haitian, Saudi, Lebanese, Algerian, Roma, Kurdish",
)
FAITHS = listed("Muslim, Christian, Jewish, Hindu, Buddhist, Sikh, Catholic, Protestant, Mormon, atheist, Orthodox")
IDENTITIES = listed(
    "gay, lesbian, bisexual, transgender, straight, queer, black, white, Asian, Latino, African",
    "European, Arab, deaf, blind, disabled, autistic, elderly, young, middle-aged, retired, pregnant",
    "dyslexic, Indigenous, immigrant",
)
DISABILITIES = listed(
    "is deaf, is blind, uses a wheelchair, is autistic, has epilepsy, has Down's syndrome, has diabetes",
    "has one arm, has a hearing aid, walks with a stick, is dyslexic, has a guide dog",
    "has multiple sclerosis",
)
NAMES = listed(
    "James, Mary, John, Sarah, David, Emily, Michael, Anna, Thomas, Laura, Mohammed, Fatima, Ahmed",
    "Aisha, Omar, Layla, Chinedu, Ngozi, Kwame, Amina, Thabo, Zanele, Juan, Maria, Jose, Carmen, Diego",
    "Lucia, Wei, Mei, Hiroshi, Yuki, Min-jun, Ji-woo, Raj, Priya, Arjun, Deepa, Ivan, Olga, Pavel",
    "Katarzyna, Andrzej, Dmitri, Moshe, Miriam, Yael, Avi, Jamal, Latoya, Darnell, Keisha, Tyrone",
    "Shanice, Brad, Heather, Connor, Molly, Giovanni, Chiara, Pierre, Amelie, Hans, Greta, Lars, Ingrid",
    "Mehmet, Elif, Reza, Shirin, Nguyen, Linh, Somchai, Sunita, Abebe, Lupita, Kofi, Siobhan",
)
SURNAMES = listed(
    "Smith, Okafor, Garcia, Khan, Nguyen, Patel, Cohen, Kowalski, Schmidt, Rossi, Yilmaz, Kim, Wang",
    "Tanaka, Silva, Ivanova, Hassan, Mensah, O'Brien, Jones, Ali, Singh, Hernandez, Johansson, Haddad",
    "Abdi, Washington, Levy, Dubois",
)
PLACES = listed(
    "Lagos, Nairobi, Cairo, Accra, Johannesburg, Addis Ababa, Casablanca, London, Manchester, Dublin",
    "Glasgow, Paris, Lyon, Berlin, Hamburg, Rome, Naples, Madrid, Seville, Lisbon, Athens, Istanbul",
    "Ankara, Warsaw, Prague, Budapest, Bucharest, Kyiv, Moscow, Tehran, Baghdad, Beirut, Jerusalem, Gaza",
    "Riyadh, Dubai, Karachi, Kabul, Mumbai, Delhi, Dhaka, Colombo, Bangkok, Hanoi, Manila, Jakarta",
    "Seoul, Tokyo, Osaka, Beijing, Shanghai, Sydney, Auckland, Toronto, Chicago, Detroit, Houston",
    "New York, Mexico City, Bogota, Lima, Havana, Port-au-Prince, Rio, Buenos Aires, Somalia, Mogadishu",
    "Kampala, Oslo, Helsinki, Stockholm, Vienna, Zurich, Brussels, Amsterdam, Cardiff, Belfast, Leeds",
)
JOBS = listed(
    "lawyer, teacher, nurse, plumber, engineer, doctor, farmer, baker, cook, driver, painter, musician",
    "student, judge, accountant, journalist, librarian, carpenter, dentist, soldier, architect, cleaner",
    "pilot, electrician, tailor, waiter, firefighter, photographer, pharmacist, gardener, writer",
    "mechanic, scientist, translator, shopkeeper",
)
RELATIONS = listed(
    "neighbour, brother-in-law, sister-in-law, cousin, uncle, aunt, landlord, colleague, flatmate, boss",
    "teacher, tutor, dentist, doctor, classmate, manager, best friend, grandmother, stepfather",
    "godmother, hairdresser, accountant",
)
HOURS = listed("six, seven, eight, nine, ten, noon, half past two, quarter to four, 5 pm, 9.30, midnight, 18:45")
COLOURS = listed("red, blue, green, black, white, grey, yellow, brown, purple, orange")
GOODS = listed(
    "cables, batteries, chairs, screws, books, envelopes, plates, bottles, apples, tickets, lamps, pens",
    "boxes, keys, photos, stamps, forms, eggs, towels, buttons",
)
MATERIALS = listed("cotton, steel, wood, plastic, wool, leather, glass, paper, aluminium, linen")
EMOJI = {
    POSITIVE: listed("😊, 😍, 👍, ❤️, 🎉, 😀, 🙌, :), :-), :D, <3, =)"),
    NEGATIVE: listed("😡, 😞, 👎, 😠, 🤮, 💔, 😤, :(, :-(, D:, :'(, =("),
}
HASHTAGS = listed("#review, #monday, #travel, #shopping, #weekend, #myday, #feedback, #london, #family, #news, #2024")
USERS = listed("@support, @anna_k, @daily_news, @john82, @thestore, @mei.lin, @omar_99, @customercare, @fatima_x")
LINKS = listed(
    "https://t.co/Ab3dE9xYz1, http://bit.ly/2kQ9, www.example.com, https://example.com/review/1234",
    "t.co/x8Kd",
)
