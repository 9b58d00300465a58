package org.bitdistillery.data;

import java.util.List;
import java.util.Random;
import org.bitdistillery.data.StarterLexicon.Setting;

/// Writes sentences about films, books, restaurants and hotels whose verdict is known.
///
/// The verdict never follows from the words alone. A clause may negate its word of praise or blame, or negate it twice;
/// of two contrasting clauses the main clause decides; what others say counts as much as the writer agrees with it; and
/// what was expected, or what came before, does not count at all.
final class StarterGrammar {

    private static final List<String> AGREED = List.of(", and I agree", ", and that is true");
    private static final List<String> DISAGREED = List.of(", but I disagree", ", but that is not true");

    private static final List<String> NOT = List.of(" was not ", " was never ", " was hardly ");

    private final Random random;

    /// What one text is about.
    private record Scene(Setting setting, String thing) {

        private String whole() {
            return "the " + thing;
        }

        private List<String> adjectives(boolean praise) {
            return setting.adjectives().of(praise);
        }
    }

    StarterGrammar(Random random) {
        this.random = random;
    }

    /// One or two sentences with this verdict.
    String review(boolean positive) {
        return review(scene(), positive);
    }

    /// A visit in several sentences that agree with each other, each with what came of it.
    String story() {
        Scene scene = scene();
        boolean positive = random.nextBoolean();
        StringBuilder story = new StringBuilder(visit(scene));
        for (int remaining = 2 + random.nextInt(3); remaining > 0; remaining--) {
            story.append(' ').append(random.nextBoolean() ? description(scene, positive) : remark(scene, positive));
            story.append(' ').append(pick(StarterLexicon.CONSEQUENCES.of(positive)));
        }
        return story.toString();
    }

    /// Words of one kind side by side: it is from here that a language model learns which words praise and which blame.
    private String description(Scene scene, boolean positive) {
        List<String> adjectives = scene.adjectives(positive);
        String subject = subject(scene);
        String list = pick(adjectives) + ", " + pick(adjectives) + " and " + pick(adjectives);
        return sentence(switch (random.nextInt(3)) {
            case 0 -> subject + " was " + list;
            case 1 -> "I " + feeling(positive) + " " + subject + ": it was " + list;
            default -> subject + " was " + pick(StarterLexicon.VERDICTS.of(positive)) + ", " + list;
        });
    }

    private String remark(Scene scene, boolean positive) {
        return random.nextBoolean() ? sentence(clause(scene, subject(scene), positive)) : review(scene, positive);
    }

    private String review(Scene scene, boolean positive) {
        int kind = random.nextInt(100);
        if (kind < 42) {
            return plain(scene, positive);
        } else if (kind < 64) {
            return contrast(scene, positive);
        } else if (kind < 87) {
            return opinionOfOthers(scene, positive);
        }
        return comparison(scene, positive);
    }

    private String plain(Scene scene, boolean positive) {
        String subject = subject(scene);
        String clause = clause(scene, subject, positive);
        return switch (random.nextInt(3)) {
            case 0 -> visit(scene) + " " + sentence(clause);
            case 1 -> sentence(pick(StarterLexicon.OPENERS) + clause);
            default -> sentence(clause + ", and " + clause(scene, otherSubject(scene, subject), positive));
        };
    }

    private String contrast(Scene scene, boolean positive) {
        String subject = subject(scene);
        String main = clause(scene, subject, positive);
        String concession = clause(scene, otherSubject(scene, subject), !positive);
        return sentence(switch (random.nextInt(4)) {
            case 0 -> concession + ", but " + main;
            case 1 -> "although " + concession + ", " + main;
            case 2 -> main + ", even though " + concession;
            default -> main + ", although " + concession;
        });
    }

    private String opinionOfOthers(Scene scene, boolean positive) {
        String others = pick(StarterLexicon.OTHERS);
        boolean theirs = random.nextBoolean();
        boolean agree = theirs == positive;
        return sentence(switch (random.nextInt(5)) {
            case 0 -> others + " called " + subject(scene) + " " + pick(scene.adjectives(theirs))
                    + pick(agree ? AGREED : DISAGREED);
            case 1 -> others + " " + feeling(theirs) + " " + subject(scene) + (agree ? ", and so did I" : ", but I did not");
            case 2 -> others + " said that " + subject(scene) + (random.nextInt(3) > 0
                    ? " was " + pick(scene.adjectives(theirs))
                    : pick(NOT) + pick(scene.adjectives(!theirs))) + pick(agree ? AGREED : DISAGREED);
            case 3 -> others + " had promised me " + pick(StarterLexicon.VERDICTS.of(theirs)) + (agree ? ", and " : ", but ")
                    + clause(scene, subject(scene), positive);
            default -> others + " " + feeling(theirs) + " " + scene.whole() + (agree ? ", and " : ", but ")
                    + clause(scene, subject(scene), positive);
        });
    }

    private String comparison(Scene scene, boolean positive) {
        String earlier = pick(scene.adjectives(random.nextInt(4) == 0 ? positive : !positive));
        return sentence(switch (random.nextInt(3)) {
            case 0 -> "the last " + scene.thing() + " was " + earlier + ", but this time "
                    + clause(scene, subject(scene), positive);
            case 1 -> "I had expected " + pick(StarterLexicon.VERDICTS.of(random.nextBoolean())) + "; instead, "
                    + clause(scene, subject(scene), positive);
            default -> "after such " + earlier + " reviews, " + clause(scene, subject(scene), positive);
        });
    }

    /// A main clause in lower case without a full stop.
    private String clause(Scene scene, String subject, boolean positive) {
        int form = random.nextInt(100);
        if (form < 76) {
            return affirmed(scene, subject, positive);
        } else if (form < 95) {
            return negated(scene, subject, !positive);
        }
        return twiceNegated(scene, subject, positive);
    }

    private String affirmed(Scene scene, String subject, boolean praise) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> subject + " was " + intensifier() + pick(scene.adjectives(praise));
            case 2 -> subject + " " + pick(StarterLexicon.EFFECTS_PAST.of(praise)) + " me";
            case 3 -> subject + " was " + pick(StarterLexicon.VERDICTS.of(praise));
            case 4 -> "I " + feeling(praise) + " " + subject;
            default -> "I found " + subject + " " + pick(scene.adjectives(praise));
        };
    }

    private String negated(Scene scene, String subject, boolean praise) {
        String adjective = pick(scene.adjectives(praise));
        return switch (random.nextInt(9)) {
            case 0, 1 -> subject + pick(NOT) + adjective;
            case 2 -> subject + " was anything but " + adjective;
            case 3 -> subject + " did not " + pick(StarterLexicon.EFFECTS.of(praise)) + " me";
            case 4 -> subject + " failed to " + pick(StarterLexicon.EFFECTS.of(praise)) + " me";
            case 5 -> subject + pick(List.of(" was not ", " was hardly ")) + pick(StarterLexicon.VERDICTS.of(praise));
            case 6 -> "I did not " + pick(StarterLexicon.FEELINGS.of(praise)) + " " + subject;
            case 7 -> "there was nothing " + adjective + " about " + subject;
            default -> "nobody could call " + subject + " " + adjective;
        };
    }

    private String twiceNegated(Scene scene, String subject, boolean praise) {
        return switch (random.nextInt(2)) {
            case 0 -> subject + " never failed to " + pick(StarterLexicon.EFFECTS.of(praise)) + " me";
            default -> "nobody could say that " + subject + " was not " + pick(scene.adjectives(praise));
        };
    }

    private String feeling(boolean praise) {
        return pick(StarterLexicon.FEELINGS_PAST.of(praise));
    }

    private String intensifier() {
        return random.nextInt(2) == 0 ? "" : pick(StarterLexicon.INTENSIFIERS);
    }

    private Scene scene() {
        Setting setting = pick(StarterLexicon.SETTINGS);
        return new Scene(setting, pick(setting.things()));
    }

    private String visit(Scene scene) {
        return pick(scene.setting().visits()).formatted(scene.thing());
    }

    private String subject(Scene scene) {
        return random.nextInt(3) == 0 ? scene.whole() : "the " + pick(scene.setting().aspects());
    }

    private String otherSubject(Scene scene, String taken) {
        String subject = subject(scene);
        return subject.equals(taken) ? otherSubject(scene, taken) : subject;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static String sentence(String clause) {
        return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
    }
}
