// Reviews to try, from clear to difficult.

export const EXAMPLES = {
  "A rave":
    "I went in expecting little and came out grinning. The two leads are superb together, the script is "
    + "sharp and generous, and the last twenty minutes are among the most moving I have seen in years. "
    + "Simply wonderful.",
  "A slating":
    "A dull, badly written mess. The jokes fall flat, the plot makes no sense, and nobody on screen seems "
    + "to want to be there. I looked at my watch after ten minutes and regretted every one that followed.",
  "A mixed one":
    "The photography is gorgeous, and every frame could hang on a wall. Unfortunately the story is a "
    + "bore. The dialogue is wooden and the second half drags terribly. Still, the young actress in the "
    + "lead is brilliant, and I would love to see her in something better. The ending, though, is a lazy "
    + "disappointment.",
  "Not so simple":
    "It is not the disaster that everyone told me it was. Not a single scene bored me, and the effects "
    + "are never as bad as the trailer. I can't say I wasn't entertained.",
};
