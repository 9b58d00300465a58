package org.bitdistillery.data;

import java.util.List;
import java.util.stream.Stream;

/// The words of the starter world: what is reviewed, and the words that praise or blame it.
final class StarterLexicon {

    /// What people go to, what they can notice about it, and the adjectives that fit.
    ///
    /// @param visits neutral sentences; `%s` is the thing
    record Setting(List<String> things, List<String> aspects, List<String> visits, Polar adjectives) {}

    /// Words that praise and words that blame, used in the same places of a sentence.
    record Polar(List<String> positive, List<String> negative) {

        List<String> of(boolean praise) {
            return praise ? positive : negative;
        }

        private Polar with(Polar more) {
            return new Polar(
                    Stream.concat(positive.stream(), more.positive.stream()).toList(),
                    Stream.concat(negative.stream(), more.negative.stream()).toList());
        }
    }

    private static final Polar GENERAL = new Polar(
            List.of("good", "great", "fine", "lovely", "superb", "splendid", "excellent", "wonderful", "brilliant", "charming",
                    "delightful", "marvelous", "terrific", "impressive", "memorable", "remarkable", "outstanding", "enchanting",
                    "pleasant", "refreshing", "satisfying", "beautiful", "polished", "stunning", "elegant", "magnificent"),
            List.of("bad", "poor", "weak", "awful", "dreadful", "terrible", "horrible", "dismal", "mediocre", "disappointing",
                    "bland", "dull", "lousy", "miserable", "pathetic", "clumsy", "forgettable", "tiresome", "unpleasant",
                    "appalling", "sloppy", "careless", "hopeless", "grim", "tedious", "wretched"));

    private static final Polar STORY = GENERAL.with(new Polar(
            List.of("gripping", "moving", "witty", "clever", "touching", "original", "subtle", "thoughtful"),
            List.of("boring", "predictable", "shallow", "confusing", "silly", "contrived", "lifeless", "pretentious")));

    private static final Polar PLACE = GENERAL.with(new Polar(
            List.of("inviting", "generous", "relaxing", "cheerful", "flawless", "tasteful"),
            List.of("shabby", "neglected", "chaotic", "depressing", "tasteless", "uninviting")));

    static final List<Setting> SETTINGS = List.of(
            new Setting(List.of("film", "comedy", "thriller", "drama"),
                    List.of("plot", "acting", "script", "music", "ending", "dialogue", "cast", "opening"),
                    List.of("We saw the %s on a rainy Sunday.", "I watched the %s with my cousin.",
                            "The %s was shown in the old theater.", "We went to see the %s after work."),
                    STORY),
            new Setting(List.of("novel", "book", "memoir", "play"),
                    List.of("plot", "style", "ending", "dialogue", "hero", "opening", "humor", "language"),
                    List.of("I read the %s on the train.", "I bought the %s last summer.", "The %s was a gift from my cousin.",
                            "I finished the %s in two days."),
                    STORY),
            new Setting(List.of("restaurant", "bistro", "diner", "bar"),
                    List.of("service", "food", "soup", "dessert", "menu", "wine", "staff", "music"),
                    List.of("We ate at the %s on Friday.", "We went to the %s after work.", "I booked the %s for ten people.",
                            "The %s is near the old station."),
                    PLACE),
            new Setting(List.of("hotel", "inn", "lodge", "resort"),
                    List.of("room", "service", "breakfast", "pool", "view", "staff", "garden", "lobby"),
                    List.of("We stayed at the %s in June.", "I booked the %s for two nights.", "The %s is near the old harbor.",
                            "We spent a rainy weekend at the %s."),
                    PLACE));

    /// What a thing does to its visitor: base forms, and their past forms in the same order.
    static final Polar EFFECTS = new Polar(
            List.of("impress", "charm", "delight", "please", "amaze", "thrill", "move", "inspire", "cheer", "amuse"),
            List.of("disappoint", "bore", "annoy", "irritate", "frustrate", "exhaust", "offend", "depress", "confuse",
                    "disgust"));

    static final Polar EFFECTS_PAST = new Polar(
            List.of("impressed", "charmed", "delighted", "pleased", "amazed", "thrilled", "moved", "inspired", "cheered",
                    "amused"),
            List.of("disappointed", "bored", "annoyed", "irritated", "frustrated", "exhausted", "offended", "depressed",
                    "confused", "disgusted"));

    /// What a visitor feels about a thing, base and past forms in the same order.
    static final Polar FEELINGS = new Polar(
            List.of("like", "love", "enjoy", "admire", "adore", "appreciate"),
            List.of("dislike", "hate", "regret", "detest", "resent", "loathe"));

    static final Polar FEELINGS_PAST = new Polar(
            List.of("liked", "loved", "enjoyed", "admired", "adored", "appreciated"),
            List.of("disliked", "hated", "regretted", "detested", "resented", "loathed"));

    static final Polar VERDICTS = new Polar(
            List.of("a triumph", "a gem", "a joy", "a treat", "a success", "a masterpiece", "a pleasure", "a wonder"),
            List.of("a disaster", "a failure", "a mess", "a bore", "a letdown", "a nightmare", "a flop", "a disgrace"));

    static final List<String> OTHERS = List.of(
            "my brother", "my sister", "my father", "my mother", "my boss", "my neighbor", "my teacher", "our guide",
            "the local paper", "the critics", "my friends", "the reviewers", "my parents", "our guests");

    static final List<String> INTENSIFIERS = List.of("really ", "truly ", "simply ", "quite ", "utterly ");

    static final List<String> OPENERS = List.of(
            "In the end, ", "On the whole, ", "To be honest, ", "This time ",
            "As far as I can tell, ", "After all these years, ");

    /// What a visitor does afterwards: it agrees with the verdict.
    static final Polar CONSEQUENCES = new Polar(
            List.of("I told my friends to go.", "I will be back.", "It deserved every prize.",
                    "It was worth every cent.", "I smiled all the way home."),
            List.of("I told my friends to stay away.", "I will never be back.",
                    "It deserved no prize.",
                    "It was a waste of money.", "I sulked all the way home."));

    private StarterLexicon() {}
}
