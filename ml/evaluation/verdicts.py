"""Templates of single texts whose verdict is known: what a model must at least be able to read.

A template under `both` is filled once with good words and once with bad ones. A slot has the polarity of the verdict,
and a slot that is called "other" has the opposite one.
"""

from ml.evaluation.templates import Templates
from ml.evaluation.words import BUSINESSES, LASTING, REPEATED

VERDICTS: dict[str, dict[str, Templates]] = {
    "vocabulary": {
        "adjectives": Templates(
            both=(
                "The {noun} was {adjective}.",
                "This is {an_adjective} {noun}.",
                "What {an_adjective} {noun}!",
                "I thought that the {noun} was {adjective}.",
                "I have to say that the {noun} was {adjective}.",
                "The {noun} turned out to be {trait}.",
                "The {noun} was {trait}, and {aspect}.",
            )
        ),
        "verbs": Templates(
            both=(
                "I {verb} the {noun}.",
                "I really {verb} the {noun}.",
                "We all {verb} the {noun}.",
                "I {used} the {noun} in {month} and {verb} {them}.",
                "My {person} and I {verb} the {noun}.",
            )
        ),
        "facts": Templates(both=("{fact}.", "I {used} the {noun} in {month}. {fact}.")),
        "recommendations": Templates(
            positive=(
                "I would recommend the {noun} to anyone.",
                "I would gladly {again}.",
                "I cannot wait to {again}.",
                "The {noun} was worth every penny.",
                "Five stars for the {noun}.",
                "The {noun} deserves all the praise that {it} gets.",
                "I am so glad that I {used} the {noun}.",
            ),
            negative=(
                "Stay away from the {noun}.",
                "The {noun} was a waste of money.",
                "One star for the {noun}, and that is generous.",
                "Save your money and avoid the {noun}.",
                "I regret that I ever {used} the {noun}.",
                "I want my money back for the {noun}.",
                "Whoever recommends the {noun} owes me an apology.",
            ),
        ),
        "idioms": Templates(
            positive=(
                "The {noun} exceeded all my expectations.",
                "The {noun} blew me away.",
                "The {noun} was second to none.",
                "The {noun} ticked every box.",
                "I take my hat off to the {noun}.",
                "I was over the moon with the {noun}.",
            ),
            negative=(
                "The {noun} was a complete letdown.",
                "The {noun} fell far short of my expectations.",
                "The {noun} left a bad taste in my mouth.",
                "The {noun} was a nightmare from start to finish.",
                "The {noun} drove me up the wall.",
                "The {noun} was a total rip-off.",
            ),
        ),
    },
    "negation": {
        "praise denied": Templates(
            negative=(
                "The {noun} was not {other_trait}.",
                "The {noun} wasn't {other_trait}.",
                "The {noun} was not {other_mild}.",
                "The {noun} was not {other_trait} at all.",
                "The {noun} was anything but {other_trait}.",
                "The {noun} was neither {other_trait} nor worth the money.",
            )
        ),
        "blame denied": Templates(
            positive=(
                "The {noun} was not {other_trait} at all.",
                "The {noun} wasn't {other_trait} in the least.",
                "The {noun} was not bad at all.",
                "The {noun} was anything but {other_trait}.",
                "There was nothing bad about the {noun}.",
                "I have no complaints about the {noun}.",
                "I could not find anything wrong with the {noun}.",
                "The {noun} did not disappoint.",
                "I cannot say a bad word about the {noun}.",
                "There is nothing that I would change about the {noun}.",
            )
        ),
        "verbs denied": Templates(
            negative=(
                "I did not like the {noun}.",
                "I didn't like the {noun} at all.",
                "I would not recommend the {noun}.",
                "I wouldn't recommend the {noun} to anyone.",
                "I cannot recommend the {noun}.",
                "The {noun} did not impress me.",
                "The {noun} did nothing for me.",
                "I could not stand the {noun}.",
                "I was not happy with the {noun}.",
                "I'm not satisfied with the {noun}.",
            )
        ),
        "denied from afar": Templates(
            negative=(
                "I do not think that the {noun} was {other_trait}.",
                "I can't say that I liked the {noun}.",
                "I would not call the {noun} {other_mild}.",
                "Nobody in our group liked the {noun}.",
                "None of us thought that the {noun} was {other_trait}.",
                "There was nothing {other_mild} about the {noun}.",
                "I have yet to meet anyone who found the {noun} {other_trait}.",
            )
        ),
        "never better, never worse": Templates(
            positive=(
                "I have never {perfect} a better {noun}.",
                "The {noun} could not have been better.",
                "I could not be happier with the {noun}.",
                "You will not find a better {noun}.",
                "No {noun} has ever pleased me more.",
            ),
            negative=(
                "I have never {perfect} a worse {noun}.",
                "The {noun} could not have been worse.",
                "I could not be more disappointed with the {noun}.",
                "You will not find a worse {noun}.",
                "No {noun} has ever annoyed me more.",
            ),
        ),
        "something else denied": Templates(
            both=(
                "I had not heard of the {noun} before. {it} was {adjective}.",
                "I did not know what to expect, and the {noun} was {adjective}.",
                "I don't write reviews often, but the {noun} was {adjective}.",
                "I am no expert, but I {verb} the {noun}.",
                "I can't remember who told me about the {noun}, but I {verb} {them}.",
                "Nobody had told me about the {noun}. {it} was {trait}.",
            )
        ),
    },
    "contrast": {
        "but": Templates(
            both=(
                "{other_aspect}, but overall the {noun} was {adjective}.",
                "{other_aspect}. Still, all in all I {verb} the {noun}.",
                "{other_aspect}, yet on the whole the {noun} was {adjective}.",
                "{other_aspect}. However, I {verb} the {noun} overall.",
            )
        ),
        "although": Templates(
            both=(
                "Although {other_aspect}, I {verb} the {noun}.",
                "I {verb} the {noun}, although {other_aspect}.",
                "Even though {other_aspect}, the {noun} was {adjective}.",
                "The {noun} was {adjective}, even if {other_aspect}.",
            )
        ),
        "despite": Templates(
            both=(
                "Despite the {other_thing}, I {verb} the {noun}.",
                "In spite of the {other_thing}, the {noun} was {adjective}.",
                "I {verb} the {noun} in spite of the {other_thing}.",
            ),
            positive=("Even the {other_thing} could not spoil the {noun} for me.",),
            negative=("Even the {other_thing} could not make me like the {noun}.",),
        ),
        "expectations": Templates(
            both=(
                "I expected the {noun} to be {other_adjective}, but {it} was {adjective}.",
                "I had prepared myself for {an_other_adjective} {noun}, but {it} was {adjective}.",
            ),
            positive=(
                "I feared that the {noun} would be {other_trait}, but {it} was {trait}.",
                "I thought that I would hate the {noun}, but I {verb} {them}.",
            ),
            negative=(
                "I had hoped that the {noun} would be {other_trait}, but {it} was {trait}.",
                "I thought that I would love the {noun}, but I {verb} {them}.",
            ),
        ),
        "what might have been": Templates(
            positive=(
                "The {noun} could easily have been {other_trait}, but {it} was not.",
                "I wanted to dislike the {noun}, but I could not.",
                "I would be lying if I said that I did not like the {noun}.",
                "If only every {noun} were as {trait} as this one!",
            ),
            negative=(
                "The {noun} could have been {other_adjective}, but {it} was not.",
                "I wanted to like the {noun}, but I could not.",
                "I would be lying if I said that I liked the {noun}.",
                "I wish that the {noun} had been {other_trait}.",
                "The {noun} would have been {other_adjective} if the {thing} had not ruined everything.",
            ),
        ),
    },
    "temporal": {
        "then and now": Templates(
            both=(
                "The {noun} used to be {other_trait}, but now {it} is {trait}.",
                "The {noun} is {trait} now. {it} used to be {other_trait}.",
                "A year ago the {noun} was {other_trait}, but today {it} is {trait}.",
                "These days the {noun} is {trait}, although {it} was {other_trait} in the past.",
            ),
            subjects=LASTING,
        ),
        "change of mind": Templates(
            both=(
                "At first I {other_verb} the {noun}, but in the end I {verb} {them}.",
                "To begin with I {other_verb} the {noun}. By the end I {verb} {them}.",
                "In the end I {verb} the {noun}, although at first I {other_verb} {them}.",
                "The {noun} seemed {other_mild} at first, but after a while I {verb} {them}.",
            )
        ),
        "last time and this time": Templates(
            both=(
                "Last time the {noun} was {other_trait}. This time {it} was {trait}.",
                "This time the {noun} was {trait}. Last time {it} was {other_trait}.",
                "Last year the {noun} was {other_adjective}, but this year {it} was {adjective}.",
                "Unlike last time, the {noun} was {trait}.",
            ),
            subjects=REPEATED,
        ),
        "no longer": Templates(
            both=(
                "The {noun} is no longer {other_trait}.",
                "The {noun} is not {other_trait} any more.",
                "The days when the {noun} was {other_trait} are over.",
                "I am told that the {noun} was {other_trait} once. {it} is not any more.",
            ),
            subjects=LASTING,
        ),
        "for better or worse": Templates(
            positive=(
                "The {noun} has improved a great deal.",
                "The {noun} gets better every year.",
                "The {noun} is better than ever.",
            ),
            negative=(
                "The {noun} has gone downhill.",
                "The {noun} gets worse every year.",
                "The {noun} is a shadow of what {it} once was.",
            ),
            subjects=BUSINESSES,
        ),
    },
    "questions": {
        "yes or no": Templates(
            both=(
                "Was the {noun} {trait}? Yes.",
                "Was the {noun} {other_trait}? No.",
                "Was the {noun} {trait}? Absolutely.",
                "Was the {noun} {other_trait}? Not at all.",
                "Was the {noun} {other_trait}? Definitely not.",
            )
        ),
        "my answer": Templates(
            positive=(
                "Would I {again}? Yes.",
                "Would I {again}? In a heartbeat.",
                "Would I recommend the {noun}? Absolutely.",
                "Did I like the {noun}? Yes, very much.",
                "Was the {noun} worth the money? Every penny.",
                "Do I regret that I {used} the {noun}? No, not for a second.",
            ),
            negative=(
                "Would I {again}? No.",
                "Would I {again}? Never.",
                "Would I recommend the {noun}? Not to anyone.",
                "Did I like the {noun}? No.",
                "Was the {noun} worth the money? Not a penny of it.",
                "Do I regret that I {used} the {noun}? Yes, very much.",
            ),
        ),
        "asked and told": Templates(
            both=(
                "What was the {noun} like? {adjective}.",
                "How was the {noun}? {it} was {trait}.",
                "Is the {noun} any good? {it} is {adjective}.",
                "Was the {noun} {other_mild}? No, {it} was {adjective}.",
                "Who would have thought that the {noun} would be so {trait}?",
            )
        ),
        "rhetorical": Templates(
            positive=(
                "Looking for {an_adjective} {noun}? Look no further.",
                "Who would not like the {noun}?",
                "What is there not to like about the {noun}?",
                "Where else would you find {an_adjective} {noun} like this?",
            ),
            negative=(
                "Looking for {an_other_adjective} {noun}? Look somewhere else.",
                "Who would ever like the {noun}?",
                "Why would anyone recommend the {noun}?",
                "How can anyone make us put up with such {an_adjective} {noun}?",
            ),
        ),
    },
    "attribution": {
        "they and I": Templates(
            both=(
                "Some people {other_verb} the {noun}, but I {verb} {them}.",
                "My friends {other_verb} the {noun}. I {verb} {them}.",
                "Everyone else seemed to think that the {noun} was {other_adjective}, but I {verb} {them}.",
                "My {person} called the {noun} {other_adjective}. To me {it} was {adjective}.",
            )
        ),
        "I and they": Templates(
            both=(
                "I {verb} the {noun}, but my {person} {other_verb} {them}.",
                "I {verb} the {noun}. My {person} thought that {it} was {other_adjective}.",
                "To me the {noun} was {adjective}, whatever others say.",
                "The {noun} was {adjective}, and I do not care that my {person} found {them} {other_mild}.",
            )
        ),
        "hearsay that is wrong": Templates(
            both=(
                "I had heard that the {noun} was {other_adjective}. {it} was {adjective}.",
                "My {person} told me that the {noun} was {other_trait}. {it} was not.",
                "The reviews say that the {noun} is {other_trait}, but that is not true.",
                "Don't believe anyone who calls the {noun} {other_adjective}.",
                "People say that the {noun} is {other_adjective}, and they are wrong.",
            )
        ),
        "hearsay that is right": Templates(
            both=(
                "My {person} told me that the {noun} was {trait}, and I agree.",
                "Everybody says that the {noun} is {adjective}, and they are right.",
                "The reviews call the {noun} {adjective}, and I can only agree.",
                "I did not believe my {person}, who said that the {noun} was {trait}. I do now.",
            )
        ),
    },
}
