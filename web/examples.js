// Texts to try, from clear to difficult, on several subjects.

export const EXAMPLES = {
  "A hotel":
    "Check-in took two minutes, the bed was a dream and we could hear the sea all night. Breakfast was worth getting "
    + "up for, and the staff remembered our names. Already booked for next year!",
  "A phone":
    "It looks gorgeous, but the battery is flat by lunchtime and the screen cracked in its first week. Support told me "
    + "to read the manual. Back in its box it goes.",
  "A meal":
    "I wouldn't say it was bad. Nothing went wrong, nobody hurried us, and there wasn't a crumb left on our plates.",
  "A mixed film":
    "The photography is gorgeous, and every frame could hang on a wall. Unfortunately the story is a "
    + "bore. The dialogue is wooden and the second half drags terribly. Still, the young actress in the "
    + "lead is brilliant, and I would love to see her in something better. The ending, though, is a lazy "
    + "disappointment.",
  "Not so simple":
    "It is not the disaster that everyone told me it was. Not a single scene bored me, and the effects "
    + "are never as bad as the trailer. I can't say I wasn't entertained.",
};
