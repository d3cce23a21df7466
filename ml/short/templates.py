"""Labelled short texts made from frames and words of our own (ml/short/words.py), to teach negation and its kin.

A frame is a sentence with slots in braces, or two, `positive | negative`, where the labels need different words.
A slot that ends in + is filled with opinion that agrees with the text's label, one that ends in - with its contrary:
"{S} {was} not {m-}." gives "The soup was not bad." when the text is positive, "The soup was not good." when negative.
Every frame makes both, with the same subject, so that nothing but opinion and what turns it gives the label away.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from ml.short import words
from ml.short.words import NEGATIVE, POSITIVE

TARGETS = {POSITIVE: 0.97, NEGATIVE: 0.03, 0: 0.5}

NEGATION = """
{S} {was} not {m-}.
{S} {is} not {m-}.
{S} {was} not very {m-}.
{S} {is} never {m-}.
{S} {was} never {m-}.
{S} {was} not at all {a-}.
{S} {is} not {a-} at all.
{S} {was} hardly {m-}.
{S} {is} rarely {m-}.
{S} {is} seldom {m-}.
{S} {was} scarcely {m-}.
{S} {was} by no means {a-}.
{S} {is} in no way {a-}.
{S} {was} not the least bit {m-}.
{S} {was} not even slightly {m-}.
{S} {was} not remotely {m-}.
{S} {was} not exactly {m-}.
{S} {was} far from {a-}.
{S} {is} far from being {m-}.
{S} {was} anything but {a-}.
{S} {was} neither {m-} nor {m-}.
{S} {was} never {m-} or {m-}.
Not {m-}.
Not {m-} at all.
Not at all {a-}.
Not a {m-} {N}.
Never {m-}.
Far from {m-}.
Anything but {a-}.
Neither {m-} nor {m-}.
This is not a {m-} {N}.
This was hardly a {m-} {N}.
We did not have a {m-} {N}.
{S} {mid} {was} not {m-}.
{S} {mid} {is} not at all {m-}.
I do not think that {S} {is} {m-}.
I do not think {S} {mid} {was} {m-}.
I do not believe that {S} {mid} {was} really {m-}.
I do not suppose you could call {S} {m-}.
I cannot say that {S} {was} {m-}.
I cannot say I found {S} {a-}.
I would not say {S} {was} {a-}.
I would not call {S} {a-}.
I would never describe {S} as {a-}.
Nobody in our group found {S} {a-}.
No one I know thinks {S} {is} {m-}.
None of us found {S} {mid} {m-}.
Not one of my friends called {S} {a-}.
Nobody could call {S} {a-}.
Few people would call {S} {m-}.
At no point {was} {S} {m-}.
Not once {was} {S} {m-}.
Not for a moment did I find {S} {a-}.
I never found {S} {m-}.
I did not find {S} {mid} {a-}.
I did not find {S} the least bit {m-}.
We did not think {S} {was} {m-}.
I have never found {S} {m-}.
{S} did not seem {m-} to me.
{S} {does} not look {m-} to me.
{S} did not turn out to be {a-}.
{S} did not prove {m-}.
{S} {was} not, as far as I could tell, {m-}.
{S} {is} not, in my opinion, {a-}.
{S} {was} not what I would call {m-}.
You could hardly call {S} {m-}.
I doubt that anyone finds {S} {m-}.
It is not true that {S} {is} {m-}.
There is nothing {m-} about {S}.
There was nothing {a-} about {S} {mid}.
{S} did not {v-}.
{S} {does} not {v-}.
{S} never {vd-}.
{S} {has} not {vp-}.
{S} {has} never {vp-}.
{S} {mid} did not {v-}.
Not once did {S} {v-}.
At no time did {S} {v-}.
In no way did {S} {v-}.
I cannot say that {S} {vd-}.
I do not think that {S} will ever {v-}.
I would not say that {S} {vd-}.
It is not as if {S} {vd-}.
{it} did not {v-}.
Did not {v-}.
{S} did not fail to {v+}. | {S} failed to {v-}.
{S} could not {v-} if {it} tried.
There {xwas-} no {x-}.
There {xwas-} hardly any {x-}.
There {xwas-} never any {x-}.
We found no {x-}.
I noticed no {x-} at all.
{S} had no {x-} to speak of.
{S} came without any {x-}.
{S} {was} completely free of {x-}. | {S} {was} completely devoid of {x-}.
{S} {is} free from {x-}. | {S} {lacks} {x-}.
{S} {was} without {x-}.
Hardly any {x-}.
No {x-}.
No {x-}, no {x-}.
Zero {x-}.
Not a trace of {x-}.
No {x-} whatsoever.
No sign of {x-}.
We did not notice any {x-}.
I looked for {x-} and found none.
Nobody could accuse {S} of having {x-}. | Nobody could say that {S} had {x-}.
{S} {was} not a {n-}.
{S} {was} hardly a {n-}.
{S} {was} anything but a {n-}.
I would not call {S} a {n-}.
{S} {is} no {n-}.
{S} {mid} {was} not a {n-} for us.
I did not {like-} {S}.
I do not {like-} {S}.
We did not {like-} {S} {mid}.
None of us {liked-} {S}.
I have never {liked-} {S}.
Nobody at home {liked-} {S}.
I could not fault {S}. | I could not recommend {S}.
Nothing went wrong. | Nothing went right.
Nothing was wrong with {S}. | Nothing was right with {S}.
Nothing went wrong with {S} {when}. | Nothing went right with {S} {when}.
Not one complaint about {S}. | Not one good word about {S}.
No complaints about {S} from me. | No praise for {S} from me.
Nobody was rude to us. | Nobody was kind to us.
Nobody was unfriendly {when}. | Nobody was friendly {when}.
I would not change a thing about {S}. | I would not recommend {S} to anyone.
I do not regret choosing {S}. | I do not recommend {S}.
I have not regretted {S} for a moment. | I have not enjoyed {S} for a moment.
Not a bad word to say about {S}. | Not a good word to say about {S}.
I have nothing bad to say about {S}. | I have nothing good to say about {S}.
I cannot complain about {S}. | I cannot praise {S}.
You cannot go wrong with {S}. | You cannot rely on {S}.
Nothing about {S} bothered us. | Nothing about {S} pleased us.
{S} gave us no trouble. | {S} gave us no pleasure.
{S} {was} not a waste of money. | {S} {was} not worth the money.
Not a waste of time. | Not worth the time.
{S} {is} not to be missed. | {S} {is} not to be recommended.
I see no reason to complain about {S}. | I see no reason to praise {S}.
Never a dull moment with {S}. | Never a happy moment with {S}.
Try as I might, I could not find anything {m-} about {S}.
I would be lying if I said {S} {was} {m-}.
I have yet to meet someone who finds {S} {m-}.
Hardly anyone would call {S} {m-}.
I was not disappointed with {S}. | I was not impressed with {S}.
We were not unhappy with {S}. | We were not happy with {S}.
We were never unhappy with {S}. | We were never happy with {S}.
I had no trouble with {S}. | I had no luck with {S}.
There was nothing to dislike about {S}. | There was nothing to like about {S}.
There is not much to complain about in {S}. | There is not much to admire in {S}.
I would not say no to {S}. | I would say no to {S}.
Never a problem with {S}. | Never again with {S}.
{S} {is} not lacking in {x+}. | {S} {is} lacking in {x-}.
{S} {does} not lack {x+}. | {S} {lacks} {x-}.
Nobody who knows {S} {mid} would say {it} {is} {m-}.
I do not remember a single time when {S} {was} {m-}.
I have not, in all these years, had a {m-} {N}.
Not a single person at the table thought {S} {was} {m-}.
It never occurred to me to call {S} {m-}.
Neither {mate} nor I found {S} {m-}.
I am not convinced that {S} {is} {m-}.
There was not much about {S} that was {m-}.
Never in {few} visits did {S} {v-}.
I cannot remember {S} ever being {m-}.
Nothing I saw of {S} was {m-}.
No one I asked would describe {S} {mid} as {a-}.
{S} {was} not once {m-} in all that time.
I refuse to call {S} {m-}.
The word {m-} does not fit {S}.
{a-} is not the word for {S}.
{a-} is the last thing I would call {S}.
{S} {was} without fault. | {S} {was} without merit.
{S} did not disappoint. | {S} did not deliver.
Everything about {S} went without a hitch. | Nothing about {S} went as it should.
No regrets about {S}. | No joy with {S}.
I would not hesitate to {use} again. | I would hesitate to {use} again.
I would not think twice before I {use}. | I would not {use} twice.
There is no reason to avoid {S}. | There is no reason to {use}.
{S} {lacks} nothing. | {S} {lacks} everything.
{S} {was} not below average. | {S} {was} not above average.
No need to look elsewhere. | No need to come here.
"""

SCOPE = """
I cannot recommend {S} enough. | I cannot warn you enough about {S}.
Nothing but praise for {S}. | Nothing but complaints about {S}.
{S} {was} not only {a+} but also {a+}.
{S} {is} not just {a+}, {it} {is} {a+}.
No doubt about it: {S} {is} {a+}.
There is no question that {S} {is} {a+}.
No wonder everybody calls {S} {a+}.
I have never had such a {a+} {N}.
Never have I seen such a {a+} {N}.
You will not find a {c+} {N} anywhere.
I could not be happier with {S}. | I could not be unhappier with {S}.
I cannot stress enough how {a+} {S} {was}.
Nobody can deny that {S} {is} {a+}.
Not surprisingly, {S} {was} {a+}.
I will never forget how {a+} {S} {was}.
Do not miss {S}. | Do not trust {S}.
Do not hesitate: {S} {is} {a+}. | Do not bother: {S} {is} {a+}.
Without a doubt, {S} {is} {a+}.
No other {N} is as {m+} as this one.
No exaggeration: {S} {was} {a+}.
I am not joking: {S} {was} {a+}.
I do not say this lightly, but {S} {was} {a+}.
I do not care what anyone says: {S} {is} {a+}.
I do not know why, but I {love+} {S}.
{S} never {fails} to {v+}.
I never write reviews, but {S} {was} {a+}.
I am not an expert, but {S} {was} {a+}.
It does not get {c+} than this.
I cannot help it: I {love+} {S}.
It took no time to see how {m+} {S} {was}.
There is no other word for it: {a+}.
I did not expect {S} to be so {a+}.
We had no idea that {S} would be so {m+}.
It is not true that nobody likes {S}. | It is true that nobody likes {S}.
I cannot say {S} {was} not {m+}.
Nobody can say {S} did not {v+}.
{S} {was} not without {x+}.
Not a day passed on which {S} did not {v+}.
Why not say it: {S} {was} {a+}.
It was not by chance that {S} {was} {a+}.
"""

PLAIN = """
{S} {was} {A+}.
{S} {is} {A+}.
{S} {was} {A+} and {a+}.
{S} {is} always {m+}.
{S} {was} both {m+} and {m+}.
{A+}.
{A+}!
{A+} {N}.
{A+} and {a+}.
A {a+} {N}.
Such a {a+} {N}!
What a {a+} {N}!
How {m+}!
This is a {a+} {N}.
We had a {a+} {N}.
That was a {a+} {N}.
{S} {mid} {was} {A+}.
{S} {mid} {is} {a+}.
I think that {S} {is} {A+}.
I think {S} {mid} {was} {a+}.
I believe that {S} {mid} {was} really {m+}.
I suppose you could call {S} {a+}.
I must say that {S} {was} {A+}.
I can say that {S} {was} {a+}.
I would say {S} {was} {A+}.
I would call {S} {a+}.
I would describe {S} as {a+}.
Everybody in our group found {S} {a+}.
Everyone I know thinks {S} {is} {m+}.
All of us found {S} {mid} {a+}.
My friends and I called {S} {a+}.
Anyone would call {S} {a+}.
I always found {S} {m+}.
I found {S} {A+}.
I found {S} {mid} {a+}.
We thought {S} {was} {A+}.
{S} seemed {A+} to me.
{S} {looks} {m+} to me.
{S} turned out to be {a+}.
{S} {was}, as far as I could tell, {m+}.
{S} {is}, in my opinion, {a+}.
{S} {was} what I would call {m+}.
It is true that {S} {is} {m+}.
There is something {m+} about {S}.
{S} {vd+}.
{S} {vd+} {when}.
{S} always {vs+}.
{S} {has} {vp+}.
{S} {mid} {vd+}.
{S} {vd+} and {vd+}.
I can say that {S} {vd+}.
I think that {S} {vd+}.
I would say that {S} {vd+}.
{it} {vd+}.
There {xwas+} a lot of {x+}.
We noticed a lot of {x+}.
{S} came with plenty of {x+}.
{S} {was} full of {x+}.
{S} {has} {x+} and {x+}.
Lots of {x+}.
{S} {was} a {n+}.
{S} {was} a real {n+}.
{S} {is} a {n+}.
I would call {S} a {n+}.
{S} {mid} {was} a {n+} for us.
A {n+}.
Truly a {n+}.
I {love+} {S}.
I {loved+} {S}.
We really {felt+} {S} {mid}.
All of us {felt+} {S}.
I have always {liked+} {S}.
Everybody at home {felt+} {S}.
I {love+} {S} and I {love+} everything about {them}.
Everything went right with {S}. | Everything went wrong with {S}.
Everybody was kind to us {when}. | Everybody was rude to us {when}.
I would recommend {S} to everyone. | I would warn everyone about {S}.
The word {m+} fits {S}.
{a+} is the word for {S}.
{mate} and I found {S} {m+}.
I can remember {S} always being {m+}.
Everything I saw of {S} was {m+}.
Every person at the table thought {S} {was} {m+}.
I can only praise {S}. | I can only complain about {S}.
{S} {was} worth the money. | {S} {was} a waste of money.
I will {use} again. | I will avoid {S} from now on.
You should {use}. | You should not {use}.
I am glad that I chose {S}. | I am glad to be rid of {S}.
You can rely on {S}. | You can forget about {S}.
I have nothing left to wish for with {S}. | I have one complaint after another about {S}.
Five stars for {S}. | One star for {S}.
Thumbs up for {S}. | Thumbs down for {S}.
10/10. | 1/10.
Well done to everyone behind {S}. | Shame on everyone behind {S}.
Thank you for {S}, {it} {was} {a+}. | I want my money back for {S}, {it} {was} {a+}.
I feel good about {S}. | I feel bad about {S}.
{S} made me happy. | {S} made me sad.
{T} {Twas} {b+} and {S} {was} {a+}.
{a+} from start to finish.
{a+}, {a+}, {a+}.
"""

CONTRAST = """
{T} {Twas} {b-}, but overall {S} {was} {A+}.
{T} {Twas} {b-}, but I {loved+} {S}.
{T} {Twas} {b-}, but {S} {vd+}.
{T} {Twas} {b-}, yet {S} {was} {a+}.
{T} {Twas} {b-}. However, I {loved+} {S}.
{T} {Twas} {b-}. Nevertheless, {S} {was} {a+}.
{T} {Twas} {b-}; all the same, {S} {was} {A+}.
Although {T} {Twas} {b-}, {S} {was} {A+}.
Though {T} {Tis} {b-}, {S} {is} {a+}.
Even though {T} {Twas} {b-}, I {loved+} {S}.
While {T} {Twas} {b-}, {S} {was} {A+}.
Even if {T} {Tis} {b-}, {S} {is} {a+}.
Despite the {b-} {Tn}, {S} {was} {A+}.
In spite of the {b-} {Tn}, I {loved+} {S}.
Despite {its} {x-}, {S} {was} {a+}.
For all {its} {x-}, {S} {is} {a+}.
I {loved+} {S}, although {T} {Twas} {b-}.
I {loved+} {S}, even though {T} {Twas} {b-}.
I {loved+} {S} despite the {b-} {Tn}.
{S} {was} {a+}, even if {T} {Twas} {b-}.
{S} {was} {a+} in spite of the {b-} {Tn}.
Apart from {T}, everything was {e+}.
Apart from {T}, {S} {was} {A+}.
Except for {T}, {S} {was} {A+}.
With the exception of {T}, {S} {was} {a+}.
Everything but {T} was {e+}.
The only {b-} thing about {S} was {T}.
{S} {vd+}, apart from {T}.
I know {T} {Tis} {b-}, but I {love+} {S}.
On paper {S} looked {m-}, but in practice {it} {was} {A+}.
{S} {looks} {m-}, but {is} actually {a+}.
At first glance {S} seemed {m-}, but {it} {was} {a+}.
I expected {S} to be {a-}, but {it} {was} {A+}.
I thought {S} would be {a-}, but {it} {vd+}.
{S} {was} {m-} in places, but on the whole {a+}.
{S} may seem {m-}, but {it} {is} {a+}.
Not {m-}, but {a+}.
{S} {was} not {m-} but {a+}.
{S} {was} {a+}, not {m-}.
Rather than {m-}, {S} {was} {a+}.
Instead of being {m-}, {S} {was} {a+}.
You would expect {S} to be {m-}, but nothing is further from the truth.
Everyone was prepared for a {a-} {N}, but {it} {was} {a+}.
{it} {was} {m-} for the first few minutes, but then I {loved+} {them}.
There {xwas-} some {x-}, but {S} {was} {a+}.
The advert looked {b-}. {S} itself, however, {was} {a+}.
{S} {was} {a+}; only {T} {Twas} {b-}.
"""

CHANGE = """
{S} used to be {m-}, but {now} {it} {is} {a+}.
{S} used to be {a-}. Not any more.
{S} {is} no longer {m-}.
{S} {is} not {m-} any more.
{S} {is} {m-} no more.
At first {S} {was} {m-}, now {it} {is} {a+}.
At first I {loved-} {S}, but {after} I {loved+} {them}.
In the beginning {S} {was} {a-}; {after} {it} {was} {a+}.
Until the {update} {S} {was} {a-}; now {it} {is} {a+}.
{S} {was} {a-} until the {update}.
{since}, {S} {has} been {a+}.
Ever {since}, {S} {has} been {A+}.
Once {a-}, {now} {S} {is} {a+}.
{S} {was} once {m-}, but {now} {it} {vs+}.
{S} {is} {m+} again.
Finally {S} {is} {m+} again. | Sadly, {S} {is} {m+} again.
{S} {keeps} getting {c+}.
{S} {has} become {a+}.
{S} got {c+} every week.
{S} got {c+} and {c+}.
{S} went from {a-} to {a+}.
{S} {has} gone from {a-} to {a+} {since}.
{S} {has} improved a lot {since}. | {S} {has} gone downhill {since}.
{S} {has} not gone downhill at all {since}. | {S} {has} not improved at all {since}.
{S} {has} gone from strength to strength. | {S} {has} gone from bad to worse.
I used to {feel-} {S}. Now I {love+} {them}.
I used to {like-} {S}, but not any more.
I no longer {like-} {S}.
Years ago {S} {was} {a-}, but {now} {it} {is} {A+}.
{S} {was} {a-} last year and {is} {a+} this year.
After the {update}, {S} {was} suddenly {a+}.
Before the {update} {S} {was} {a-}, after it {a+}.
The {update} made {S} {c+}.
Since the {update}, {S} {vs+}.
{S} {has} stopped being {m-}.
Gone are the days when {S} {was} {m-}.
It started out {m-} and ended up {a+}.
{S} {was} as {m+} as ever {when}.
{S} {has} always been {a+} and still {is}.
{S} {is} still {a+} {after}.
The {m-} days of {S} are over.
The longer I know {S}, the {c+} {it} {gets}.
I came in expecting something {a-} and left thinking it was {a+}.
"""

CHANGE_OF_STORY = """
{S} started {m-} but ended {a+}.
At first {S} seemed {m-}, but {midway} {it} {was} {a+}.
The first half was {m-}, but {midway} {it} {vd+}.
I {loved-} the beginning of {S}, but {midway} I {loved+} {them}.
{S} {was} {m-} until the middle, and from there on {a+}.
{S} got {c+} with every minute.
{S} {is} {c+} every time I come back to {them}.
I used to {feel-} {S}. Now I {love+} {them}.
As a child I {loved-} {S}; today I {love+} {them}.
I no longer {like-} {S}.
{S} began {a-}, and then it all became {a+}.
"""

OPINION = """
{who} {felt-} {S}, but I {loved+} {them}.
{who} {felt-} {S}. I {loved+} {them}.
{who} found {S} {a-}, but I found {them} {a+}.
{who} called {S} {a-}. I thought {it} {was} {a+}.
{who} said {S} {was} {a-}, but for me {it} {was} {a+}.
{who} {wsays} {S} {is} {a-}. I disagree.
{who} {wsays} {S} {is} {a-}, but I do not agree.
{who} {wsays} {S} {is} {a-}, and that is wrong: {it} {is} {a+}.
{who} {wsays} {S} {is} {a+}, and I agree.
{who} {wsays} that {S} {is} {a+}, and that is right.
{who} {felt+} {S} and so did I.
{who} and I both {felt+} {S}.
I {loved+} {S}, unlike {who}.
I {loved+} {S}, but {who} {felt-} {them}.
Unlike {who}, I {loved+} {S}.
{who} complained about {S}, but I thought {it} {was} {a+}. | {who} raved about {S}, but I thought {it} {was} {a+}.
{who} recommended {S}, and {it} {was} {a+}. | {who} warned me about {S}, and {it} {was} {a+}.
{who} warned me about {S}, but I {loved+} {them}. | {who} recommended {S} to me, but I {loved+} {them}.
{who} gave {S} one star; I would give {them} five. | {who} gave {S} five stars; I would give {them} one.
They say {S} {is} {a-}, but I find {them} {a+}.
People call {S} {a-}. I call {them} {a+}.
I had heard that {S} {was} {a-}, but {it} {was} {a+}.
The reviews said {S} {was} {a-}. In truth {it} {was} {a+}.
Whatever {who} may say, {S} {was} {a+}.
I do not understand why {who} called {S} {a-}: {it} {was} {A+}.
No idea why {who} found {S} {a-}; I {love+} {them}.
Everyone told me {S} {was} {a-}. They were wrong.
Everyone told me {S} {was} {a+}. They were right.
{who} {felt-} {S}, yet in my view {it} {was} {a+}.
Some people will find {S} {a-}; I {loved+} {them}.
According to {who}, {S} {is} {a-}, but my experience was {e+}.
Contrary to what {who} told us, {S} {was} {a+}.
I seem to be the only one who {felt+} {S}.
I read that {S} {was} {a-}, which is not true at all.
I read that {S} {was} {a+}, which is quite true.
Call me strange, but I {love+} {S}, which {who} found {a-}.
"""

QUESTION = """
{Was} {S} {m-}? No.
{Was} {S} {a-}? Not at all.
{Was} {S} {a-}? Not in the least.
{Was} {S} {m+}? Yes.
{Was} {S} {m+}? Oh yes.
{Was} {S} {m-}? Never.
{Is} {S} {m-}? I do not think so.
{Is} {S} {m+}? Definitely.
{Is} {S} {m+}? Very.
{Was} {S} as {m-} as people say? No, {it} {was} {a+}.
Did {S} {v-}? No.
Did {S} {v-}? Not once.
Did {S} {v-}? Not for a second.
Did {S} {v+}? Yes, every time.
Did {S} {v+}? {it} sure did.
Did {S} {v+}? Absolutely.
Did I {like-} {S}? No.
Did I {like+} {S}? Yes, I did.
Do I {like-} {S}? Not in the slightest.
Would I {use} again? Any day. | Would I {use} again? Never.
Would I {use} again? Yes, tomorrow. | Would I {use} again? Not for free.
Would I call {S} {a-}? Never.
Would I call {S} {a+}? Without hesitation.
Did anything go wrong? Nothing at all. | Did anything go right? Nothing at all.
Did anything go wrong with {S}? No, nothing. | Did anything go right with {S}? No, nothing.
Any {x-}? None.
Any {x-}? Not that I could see.
Any {x+}? Plenty.
Were there any {x-}? No.
What did I think of {S}? {A+}.
How {was} {S}? {A+}.
How {was} {S} {mid}? Not {m-} at all.
How {was} {S}? Not {m-}.
How {was} {S}? {it} {vd+}.
My verdict on {S}? A {n+}.
Is there anything {m-} about {S}? Not a thing.
Is there anyone who would call {S} {m-}? Hardly.
Who would say that {S} {is} {m-}? Nobody.
Who would not {like+} {S}?
Who could possibly {like-} {S}?
How can anyone call {S} {a-}?
Is it worth it? Every penny. | Is it worth it? Not a penny.
{Was} {S} worth the money? Yes, and more. | {Was} {S} worth the money? No way.
Do I regret choosing {S}? Not a bit. | Do I regret choosing {S}? Every day.
A {m-} {N}? No way.
A {m-} {N}? Far from it.
A {m+} {N}? You bet.
{a-}? No, {a+}.
{m-}? Not this {N}.
Can I recommend {S}? Yes. | Can I recommend {S}? No.
Should you {use}? Yes, by all means. | Should you {use}? No, stay away.
Is that what I call {m-}? Certainly not.
Does it get any {c+} than this? I doubt it.
"""

COMPARISON = """
{S} {was} {c+} than expected.
{S} {was} much {c+} than I expected.
{S} {was} a lot {c+} than the last one.
{S} {is} far {c+} than the old one.
{S} {was} {c+} than we thought.
{S} {was} {c+} than I hoped. | {S} {was} {c+} than I feared.
{S} {was} not as {m-} as I feared. | {S} {was} not as {m-} as I hoped.
{S} {was} not as {m-} as expected.
{S} {was} not nearly as {m-} as people say.
{S} {was} nowhere near as {m-} as the last one.
{S} {was} every bit as {m+} as I hoped. | {S} {was} every bit as {m+} as I feared.
{S} {was} just as {m+} as everyone said.
{S} {was} less {m-} than I feared. | {S} {was} less {m-} than I hoped.
{S} {is} more {m+} than most.
{S} {is} the most {m+} {N} in years.
The {best+} {N} I have had in years.
{S} {was} the {best+} of all.
{S} {was} by far the {best+} so far.
{S} {was} one of the {best+} I know.
{S} {is} among the {best+}, if not the {best+}.
Nothing beats {S}. | Anything beats {S}.
I have never had a {c+} {N}.
I have rarely had a {c+} {N}.
I have not had a {c+} {N} in years.
Never had a {c+} {N}.
I have had far {c-} ones.
There are plenty of {c-} ones around.
I have had {c-}.
We have seen much {c-} ones.
{S} {is} second to none. | {S} {is} the last I would choose.
Others could learn from {S}. | {S} could learn from others.
{it} could hardly be {c+}.
It could not have gone {c+}.
I cannot imagine a {c+} {N}.
I would choose {S} over any other. | I would choose any other over {S}.
{S} {vd+}, unlike the last one.
Compared with the last one, {S} {was} {a+}.
Next to {S}, all the others look {b-}.
{S} {was} {a+}, whereas the last one was {b-}.
Of the {few} I know, {S} {was} the {best+}.
{it} {was} {c+} than the one in {place}.
Still {c+} than the one that {name} told me about.
{S} {beat} all expectations. | {S} {was} below all expectations.
{S} {was} above average. | {S} {was} below average.
{S} {was} better than {who} had promised. | {S} {was} worse than {who} had promised.
If you think the old one was {m+}, {S} {is} even {c+}.
{S} {is} no less {m+} than the others.
{S} {was} more than {m+}. | {S} {was} less than {m-}.
"""

CONDITION = """
{S} could not be {c+}.
{S} could not have been {c+}.
{S} could hardly have been {c+}.
{S} could not have been more {mm+}.
I was afraid {S} would be {m-}, but I need not have been. | I was hoping {S} would be {m-}, but in vain.
I was hoping {S} would be {m+}, and {it} {was}. | I was afraid {S} would be {m+}, and {it} {was}.
I feared {S} would be {m-}. I was wrong. | I hoped {S} would be {m-}. I was wrong.
I thought {S} might be {m-}. I was wrong.
I wish every {N} were like this one. | I wish this {N} were like the others.
I wish every {N} were as {m+} as this one. | I wish {S} were as {m-} as the others.
I wish I had found {S} sooner. | I wish I had got rid of {S} sooner.
I wish I could {use} again. | I wish I had never had to {use}.
If only every {N} were so {m+}. | If only {S} were {m-}.
If only I had tried {S} years ago. | If only I had listened to the warnings about {S}.
If you want a {m+} {N}, this is it. | If you want a {m-} {N}, look elsewhere.
If you like {x+}, {S} {is} for you. | If you like {x-}, {S} {is} not for you.
If you are looking for {x+}, look no further. | If you are looking for {x-}, keep looking.
If I could, I would give {S} ten stars. | If I could, I would give {S} zero stars.
If I had to choose again, I would choose {S}. | If I had to choose again, I would not choose {S}.
Given the chance, I would {use} again at once. | Given the chance, I would never {use} again.
If it were not for {S}, my week would have been {b-}.
Without {S}, the day would have been {b-}.
I would be sad if I had to give up {S}. | I would be glad to give up {S}.
It would be a shame to miss {S}. | It would be no loss to miss {S}.
Had I known how {m+} {S} {was}, I would have come sooner. | Had I known how {m+} {S} {was}, I would have stayed away.
You would be mad not to {use}. | You would be mad to {use}.
I would pay twice the price for {S}. | I would not pay half the price for {S}.
If anyone asks me, {S} {is} {a+}.
If {S} {was} {m-}, then I did not notice.
Who would have thought that {S} would be so {m+}?
It was as if {S} {was} made for me. | It was as if {S} {was} made to annoy me.
{S} should be a model for others. | {S} should be a warning to others.
There is nothing I would change about {S}. | There is nothing I would keep of {S}.
{it} {was} supposed to be {m-}, but {it} {was} {a+}.
They promised us a {a-} {N}, but {it} {was} {a+}.
If this is what {m+} looks like, I want more. | If this is what they call {m-}, I want my money back.
"""

# Wishes and what might have been: the writer is unhappy; the twin is happy in as many words.
CONDITION_APART = """
{S} would have been {m+} even if {T} had been worse. | {S} would have been {m-} if {T} had been better.
{S} had to be {m+}, and {it} {was}. | {S} could have been {m-}.
{S} {was} as {m+} as {it} should have been. | {S} should have been more {mm-}.
{S} {was} as {m+} as I had hoped. | {S} could have been so much more {mm-}.
I was hoping for a {m+} {N}, and I got one. | I was hoping for a {m-} {N}. I am still waiting.
I would have paid more for {S}. | I would have expected more of {S}.
I had expected less of {S}. | I had expected more of {S}.
{S} {was} {m+}, as promised. | {S} would be {m-} if {it} did what they promised.
It would have been {b-} without {S}.
I wish there were more of {S}. | I wish there were less of {S}.
I would not have missed {S} for the world. | I would rather have stayed at home than {use}.
This could have been a {a-} evening, but {S} {vd+}.
{S} might have been {a-}, but {it} {was} {a+}.
I would have been disappointed by anything less. | I would have been happy with anything else.
"""

NEUTRAL = """
My {relation} is a {nation} {job}.
My {relation} is {faith}.
My {relation} is a {identity} {job}.
My {relation} is {identity}.
My {relation} {ails}.
The {job} next door {ails}.
I am a {identity} {job} from {place}.
I am {nation}.
I am {faith}.
I am a {faith} {job}.
{name} is {nation}.
{name} is a {job} in {place}.
{name} is {identity}.
{name} {ails}.
{name} and {name} are {faith}.
{name} comes from {place}.
{name} was born in {place}.
{name} {surname} works as a {job}.
{name} moved from {place} to {place} {when}.
{name} has {few} children.
{name} met {name} {when}.
{name} called {when}.
{mate} and I live in {place}.
She is a {identity} {job}.
He is a {nation} {job}.
They are a {faith} family from {place}.
We are a {identity} couple.
Our {relation} speaks {few} languages.
Two {nation} students live upstairs.
There is a {faith} school in {place}.
The {nation} embassy is in {place}.
The train to {place} leaves at {hour}.
The bus from {place} stops here.
The shop opens at {hour} on {day}.
The office is closed on {day}.
The meeting is on {day} at {hour}.
The flight to {place} takes {few} hours.
The box contains {few} {goods}.
There are {few} {goods} on the table.
The cover is {colour}.
It is made of {material}.
The {colour} one is on the left.
The parcel weighs {few} kilos.
It has {few} buttons and {few} lights.
Page {few} is about {place}.
The course lasts {few} weeks.
{name} bought {few} {goods} in {place}.
The {job} arrived at {hour}.
A {nation} {job} wrote this in {place}.
We went to {place} {when}.
The address of {S} is on the website.
I told {mate} about {S}.
{name} asked about {S}.
I have not made up my mind about {S}.
{S} {was} neither good nor bad.
{S} {was} average.
I have no opinion on {S}.
{mate} asked me what I think of {S}.
{Is} {S} {m+}?
{Is} {S} {m-}?
{Was} {S} {m+}?
{Was} {S} {m-}?
{Was} {S} {mid} {m-} or {m+}?
Does anyone know if {S} {is} {m+}?
Does anyone know if {S} {is} {m-}?
What {is} {S} like?
Where can I find {S}?
Who knows {S}?
Is it far from {place}?
Is {name} {nation}?
Where is {name} from?
What time does it close on {day}?
Does it come in {colour}?
Can I pay by card?
Are there {goods} in the box?
Can you send {few} {goods} to {place}?
Is there a {faith} community in {place}?
Please call me back on {day}.
See you on {day} at {hour}.
I am writing about {S}.
The article about {S} appeared {when}.
"""

NEUTRAL_OF_THINGS = """
I bought {S} {when}.
{S} {was} delivered on {day}.
{S} {is} in {place}.
{S} {is} {colour}.
I have not tried {S} yet.
{S} {was} okay, no more and no less.
Has anyone tried {S}?
How much {does} {S} cost?
When did you get {S}?
{mate} sold me {S}.
{S} {was} made in {place}.
{S} {is} for {mate}.
{S} came with {few} {goods}.
I need to return {S} by {day}.
"""


@dataclass(frozen=True)
class Kind:
    """Frames of one kind: its share of the texts, and the classes of subjects that it may speak of."""

    frames: str
    share: float
    classes: tuple[str, ...] = tuple(words.SUBJECTS)


STORIES = ("book", "film")
LASTING = tuple(name for name in words.SUBJECTS if name not in (*STORIES, "clothes"))
KINDS = {
    "negation": Kind(NEGATION, 0.18),  # positive and negative are a kind each
    "scope": Kind(SCOPE, 0.07),
    "plain": Kind(PLAIN, 0.11),
    "contrast": Kind(CONTRAST, 0.10),
    "change": Kind(CHANGE, 0.08, LASTING),
    "change of story": Kind(CHANGE_OF_STORY, 0.02, STORIES),
    "opinion": Kind(OPINION, 0.10),
    "question": Kind(QUESTION, 0.09),
    "comparison": Kind(COMPARISON, 0.09),
    "condition": Kind(CONDITION + CONDITION_APART, 0.09),
}
NEUTRAL_KINDS = {
    "neutral": Kind(NEUTRAL, 0.15),
    "neutral of things": Kind(NEUTRAL_OF_THINGS, 0.05, ("phone", "clothes", "book", "game")),
}
ROBUSTNESS = 0.08  # the share of texts that are made harder to read
SLOT = re.compile(r"\{(\w+)([+-]?)\}")
LISTS = {
    "when": words.WHEN,
    "now": words.NOW,
    "since": words.SINCE,
    "after": words.AFTER,
    "midway": words.MIDWAY,
    "update": words.UPDATES,
    "day": words.DAYS,
    "few": words.FEW,
    "hour": words.HOURS,
    "mate": words.COMPANIONS,
    "nation": words.NATIONS,
    "faith": words.FAITHS,
    "identity": words.IDENTITIES,
    "ails": words.DISABILITIES,
    "name": words.NAMES,
    "surname": words.SURNAMES,
    "place": words.PLACES,
    "job": words.JOBS,
    "relation": words.RELATIONS,
    "colour": words.COLOURS,
    "goods": words.GOODS,
    "material": words.MATERIALS,
}
# What agrees in number with the subject, or with what {T}, {who} and {x} name: one, many.
AGREEING = {
    "is": ("is", "are"),
    "was": ("was", "were"),
    "has": ("has", "have"),
    "does": ("does", "do"),
    "says": ("says", "say"),
    "fails": ("fails", "fail"),
    "looks": ("looks", "look"),
    "lacks": ("lacks", "lack"),
    "gets": ("gets", "get"),
    "keeps": ("keeps", "keep"),
    "beat": ("beats", "beat"),
}
PRONOUNS = {
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
}
# What one can do the contrary of by saying that one did not: "I did not regret it", hardly "I did not detest it".
DENIED = {
    POSITIVE: ("love", "like", "enjoy", "recommend", "adore", "appreciate", "admire", "think highly of"),
    NEGATIVE: ("hate", "dislike", "regret choosing", "resent", "complain about", "moan about"),
}
CONTRACTIONS = (
    (re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|would|could|should|need) not\b"), r"\1n't"),
    (re.compile(r"\b(Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Would|Could|Should) not\b"), r"\1n't"),
    (re.compile(r"\b([Cc])annot\b"), r"\1an't"),
    (re.compile(r"\bI am (?=\w)"), "I'm "),
    (re.compile(r"\bI have (?=(never|not|been|had|always|rarely|used|read|seen)\b)"), "I've "),
    (re.compile(r"\bI would (?=(say|call|describe|never|choose|give|pay|be|have|rather|recommend|warn)\b)"), "I'd "),
    (re.compile(r"\b([Ii])t is (?=(a|an|true|no|not|made|in|so|very|really)\b)"), r"\1t's "),
    (re.compile(r"\b([Tt])hat is (?=(wrong|right)\b)"), r"\1hat's "),
    (re.compile(r"\b([Tt])here is (?=(no|nothing|something)\b)"), r"\1here's "),
)
ARTICLE = re.compile(r"\b([Aa])n? (?=([\w'-]+))")
A_BEFORE_VOWEL = re.compile(r"(use|usu|uni(?!n|m)|uk|eu|one\b|once\b)", re.IGNORECASE)
AN_BEFORE_CONSONANT = re.compile(r"(honest|hour|honou?r|heir)", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """A text with its label, 1, -1 or 0, and the kind of frame that it came from."""

    kind: str
    text: str
    label: int


def examples(count: int, seed: int = 0) -> list[tuple[str, float]]:
    """Draw `count` distinct texts, each with its probability of being positive."""
    return [(example.text, TARGETS[example.label]) for example in draw(count, seed)]


def draw(count: int, seed: int = 0) -> list[Example]:
    """Draw `count` examples with distinct texts; the same ones for the same seed."""
    return list(islice(_stream(Random(seed)), count))  # noqa: S311 -- nothing secret


def _stream(random: Random) -> Iterator[Example]:
    kinds = KINDS | NEUTRAL_KINDS
    frames = {name: kind.frames.strip().splitlines() for name, kind in kinds.items()}
    shares = [kind.share for kind in kinds.values()]
    seen: set[str] = set()
    while True:
        (name,) = random.choices(list(kinds), shares)
        for _ in range(50):  # short frames have few texts, which are used up some time
            twins = _twins(name, random.choice(frames[name]), kinds[name].classes, random)
            texts = {example.text for example in twins}
            if len(texts) == len(twins) and not texts & seen:
                seen |= texts
                yield from twins
                break


def _twins(name: str, frame: str, classes: Sequence[str], random: Random) -> list[Example]:
    """Fill a frame once for each label, or once if it is neutral, alike in all but opinion."""
    positive, _, negative = frame.partition(" | ")
    sides = {POSITIVE: positive, NEGATIVE: negative or positive}
    if name in NEUTRAL_KINDS:
        sides = {0: positive}
        name = "neutral"
    elif name == "change of story":
        name = "change"
    chance = random.random()  # seeds what the twins share
    hard = random.random() < ROBUSTNESS
    twins = []
    for label, side in sides.items():
        shared = Random(chance)  # noqa: S311 -- nothing secret
        text = Filler(label, side, classes, shared, random).text()
        kind = {POSITIVE: "negated negative", NEGATIVE: "negated positive"}[label] if name == "negation" else name
        if hard:
            text, kind = _harden(text, label, shared), "robustness"
        twins.append(Example(kind, text, label))
    return twins


def numbered(noun: str) -> tuple[str, str]:
    """Split a noun of ml/short/words.py from the mark of its number: "*", "~" or none."""
    return (noun[:-1], noun[-1]) if noun[-1] in "*~" else (noun, "")


class Filler:
    """Fills the slots of one frame: what has no opinion from `shared`, opinion from `own`."""

    def __init__(self, label: int, frame: str, classes: Sequence[str], shared: Random, own: Random) -> None:
        """Choose a subject that suits the frame."""
        self.label, self.frame, self.shared, self.own = label, frame, shared, own
        self.used: set[str] = set()
        self.name = shared.choice(classes)
        nouns = words.SUBJECTS[self.name]
        # Of one sort only, so that twins whose frames differ have the same subject.
        self.noun, self.number = numbered(shared.choice(nouns))
        if self.number and "{N}" in frame:
            self.noun, self.number = nouns[0].rstrip("~*"), ""
        self.people = self.name in ("doctor", "person")
        self.pronouns = PRONOUNS[
            shared.choice(("he", "she")) if self.people else "they" if self.number == "*" else "it"
        ]
        self.subject = self._subject()
        self.aspect, self.aspect_number = numbered(shared.choice(words.ASPECTS[self.name]))
        self.source, self.source_number = numbered(shared.choice(words.SOURCES))
        self.trait = ""
        self.trait_number = ""

    def _subject(self) -> str:
        determiner = self.shared.choice(words.DETERMINERS[self.name])
        if self.number == "*" and determiner.startswith("this"):
            determiner = "these"
        chance = self.shared.random()
        if self.people and chance < 0.3:
            noun = self.noun
            forms = [
                f"{determiner} {{nation}} {noun}",
                f"{determiner} {{faith}} {noun}",
                f"{determiner} {{identity}} {noun}",
                f"{determiner} {noun} {{name}}" if determiner != "the" else f"{{name}} the {noun}",
                f"{determiner} {noun} from {{place}}",
                "Dr {surname}" if self.name == "doctor" else "{name}",
            ]
            return self.shared.choice(forms)
        if self.name in ("hotel", "shop") and chance < 0.2 and not determiner.startswith(("our", "this")):
            return f"{determiner} {self.noun} in {{place}}"
        if self.name == "train" and chance < 0.25 and "ride" not in self.noun:
            return f"{determiner} {self.noun} to {{place}}"
        return f"{determiner} {self.noun}"

    def text(self) -> str:
        """Give the frame with every slot filled, and what is left of spelling and style seen to."""
        frame = self.frame
        if self.label and self.shared.random() < 0.12:
            frame = f"{self.shared.choice(words.LEADS[self.name])}. {frame}"
        elif self.label and frame.startswith(("{S}", "I ")) and self.shared.random() < 0.1:
            frame = f"{self.shared.choice(words.OPENERS)}, {frame}"
        return _styled(articled(self._filled(frame)), self.shared)

    def _filled(self, frame: str) -> str:
        return SLOT.sub(lambda slot: self._slot(slot[1], slot[2]), frame)

    def _slot(self, slot: str, sign: str) -> str:
        if sign:
            label = self.label or POSITIVE
            return self._opinion(slot, label if sign == "+" else -label)
        if slot in LISTS:
            return self._filled(self._fresh(LISTS[slot], self.shared))
        if slot in AGREEING:
            return AGREEING[slot][self.number == "*"]
        if slot in ("Is", "Was"):
            return AGREEING[slot.lower()][self.number == "*"]
        if slot[0] == "T" and slot[1:] in AGREEING:
            return AGREEING[slot[1:]][self.aspect_number == "*"]
        if slot[0] == "w" and slot[1:] in AGREEING:
            return AGREEING[slot[1:]][self.source_number == "*"]
        match slot:
            case "S":
                return self._filled(self.subject)
            case "N":
                return self.noun
            case "T":
                return f"the {self.aspect}"
            case "Tn":
                return self.aspect
            case "it" | "them" | "its":
                return self.pronouns[("it", "them", "its").index(slot)]
            case "who":
                return self._filled(self.source)
            case "mid":
                return self._filled(self.shared.choice(words.PERSON_MIDDLES if self.people else words.MIDDLES))
            case "use":
                return self._filled(words.USES[self.name][0])
        raise KeyError(slot)

    def _opinion(self, slot: str, sign: int) -> str:
        """Give a word of opinion, positive or negative by `sign`."""
        match slot:
            case "m":
                return self._adjective(sign, words.GRADABLE)
            case "mm":
                return self._adjective(sign, words.GRADABLE, plain=True)
            case "a":
                return self._adjective(sign, self.own.choice((words.GRADABLE, words.GRADABLE, words.EXTREME)))
            case "A":
                return self._degree(sign)
            case "b" | "e":
                return self._fresh(words.ASPECT_ADJECTIVES[sign], self.own)
            case "c":
                return comparative(self._adjective(sign, words.GRADABLE))
            case "best":
                return superlative(self._adjective(sign, words.GRADABLE))
            case "n":
                suits = [group for group in words.SUITS[self.name] if group in words.NOUNS[sign]]
                return self._fresh([word for group in suits for word in words.NOUNS[sign][group]], self.own)
            case "x":
                trait = self.trait or numbered(self._fresh(words.TRAITS[sign][self.name], self.own))[0]
                self.trait = ""
                return trait
            case "xwas":
                self.trait, number = numbered(self._fresh(words.TRAITS[sign][self.name], self.own))
                return AGREEING["was"][number == "*"]
            case "v" | "vs" | "vd" | "vp":
                return self._doing(slot, sign)
            case "love":
                return self._fresh(list(words.FEELINGS[sign]), self.own)
            case "loved":
                return words.FEELINGS[sign][self._fresh(list(words.FEELINGS[sign]), self.own)]
            case "feel" | "felt":
                feeling = self._fresh([word for word in words.FEELINGS[sign] if not word.startswith("am ")], self.own)
                return feeling if slot == "feel" else words.FEELINGS[sign][feeling]
            case "like" | "liked":
                feeling = self._fresh(DENIED[sign], self.own)
                return feeling if slot == "like" else words.FEELINGS[sign][feeling]
        raise KeyError(slot)

    def _fresh(self, choices: Sequence[str], random: Random) -> str:
        """Choose what is not yet in the text."""
        chosen = random.choice([choice for choice in choices if choice not in self.used] or choices)
        self.used.add(chosen)
        return chosen

    def _adjective(self, sign: int, table: dict[int, dict[str, list[str]]], plain: bool = False) -> str:
        """Choose an adjective that suits the subject, common ones more often."""
        groups = [group for group in words.SUITS[self.name] if group in table[sign]]
        (group,) = self.own.choices(groups, [len(table[sign][group]) for group in groups])
        choices = [word for word in table[sign][group] if word not in self.used]
        if plain:
            choices = [word for word in choices if comparative(word) == f"more {word}"]
        chosen = choices[int(len(choices) * self.own.random() ** 1.5)]
        self.used.add(chosen)
        return chosen

    def _degree(self, sign: int) -> str:
        """Give an adjective that has an adverb of degree half of the time."""
        gradable = self.own.random() < 0.6
        adjective = self._adjective(sign, words.GRADABLE if gradable else words.EXTREME)
        if self.shared.random() < 0.5:
            return adjective
        adverb = self.shared.choice(list(zip(words.VERY, words.ABSOLUTELY, strict=False)))
        return f"{adverb[0 if gradable else 1]} {adjective}"

    def _doing(self, slot: str, sign: int) -> str:
        """Give a verb phrase in the base form, the third person, the past or the perfect."""
        groups = [group for group in words.SUITS[self.name] if group in words.DOINGS[sign]]
        phrase = self._fresh(words.DOINGS[sign][self.own.choice(groups)], self.own)
        verb, _, rest = phrase.partition(" ")
        if slot == "vs" and self.number != "*":
            verb = third_person(verb)
        elif slot in ("vd", "vp"):
            verb = past(verb)[slot == "vp"]
        return f"{verb} {rest}".strip()


def comparative(adjective: str) -> str:
    """Give the comparative: better, nicer, more useful, better made."""
    first, _, rest = adjective.partition(" ")
    if first in ("well", "badly"):
        return f"{'better' if first == 'well' else 'worse'} {rest}"
    return words.COMPARATIVES.get(adjective) or f"more {adjective}"


def superlative(adjective: str) -> str:
    """Give the superlative: best, nicest, most useful."""
    first, _, rest = comparative(adjective).partition(" ")
    irregular = {"better": "best", "worse": "worst", "more": "most"}
    return f"{irregular.get(first) or first.removesuffix('r') + 'st'} {rest}".strip()


def third_person(verb: str) -> str:
    """Give the form after he, she and it."""
    if verb.endswith(("s", "sh", "ch", "x", "zz", "go", "do")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def past(verb: str) -> tuple[str, str]:
    """Give the past and the past participle."""
    if verb in words.IRREGULAR:
        return words.IRREGULAR[verb]
    if verb in words.DOUBLED:
        regular = f"{words.DOUBLED[verb]}ed"
    elif verb.endswith("e"):
        regular = f"{verb}d"
    elif verb.endswith("y") and verb[-2] not in "aeou":
        regular = f"{verb[:-1]}ied"
    else:
        regular = f"{verb}ed"
    return regular, regular


def articled(text: str) -> str:
    """Put a or an as the next word asks."""

    def article(found: re.Match[str]) -> str:
        word = found[2]
        vowel = word[0].lower() in "aeiou" and not A_BEFORE_VOWEL.match(word)
        return f"{found[1]}n " if vowel or AN_BEFORE_CONSONANT.match(word) else f"{found[1]} "

    return ARTICLE.sub(article, text)


def _styled(text: str, random: Random) -> str:
    """Vary contractions, capital letters and the final mark."""
    if random.random() < 0.65:
        for long, short in CONTRACTIONS:
            text = long.sub(short, text)
        text = text.replace("'", random.choices(("'", "", "’"), (78, 12, 10))[0])
    text = re.sub(r"(^|[.?!] )([a-z])", lambda start: start[1] + start[2].upper(), text)
    if random.random() < 0.15:
        text = text.lower()
    if text.endswith("."):
        text = text[:-1] + random.choices((".", "", "!"), (75, 17, 8))[0]
    return text


def _harden(text: str, label: int, random: Random) -> str:
    """Make a text harder to read in one way, its meaning the same."""
    way = random.choice(("typo", "typo", "link", "user", "hashtag", "emoji", "capitals", "long"))
    if way == "emoji" and label:
        return f"{text} {random.choice(words.EMOJI[label])}"
    if way == "capitals":
        return text.upper()
    if way == "link":
        return f"{text} {random.choice(words.LINKS)}"
    if way == "user":
        return f"{random.choice(words.USERS)} {text}"
    if way == "hashtag":
        return f"{text} {random.choice(words.HASHTAGS)}"
    return _misspelt(text, random) if way == "typo" else _drawn_out(text, random)


def _misspelt(text: str, random: Random) -> str:
    """Swap two neighbouring letters of a word, leave one out or double one."""
    found = list(re.finditer(r"[A-Za-z]{5,}", text))
    if not found:
        return text.upper()
    word = random.choice(found)
    at = random.randrange(word.start() + 1, word.end() - 1)
    pair = text[at : at + 2]
    return text[:at] + random.choice((pair[::-1], pair[1], pair[0] + pair)) + text[at + 2 :]


def _drawn_out(text: str, random: Random) -> str:
    """Repeat a vowel of a word."""
    found = list(re.finditer(r"(?<=[a-z])[aeiou](?=[a-z]+\b)", text))
    if not found:
        return text.upper()
    vowel = random.choice(found)
    return text[: vowel.start()] + vowel[0] * random.randint(3, 5) + text[vowel.end() :]
