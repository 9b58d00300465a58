package org.bitdistillery;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Damages bytes as broken downloads, editors and malice do: the same seed gives the same damage.
public final class Mutations {

    private static final byte[][] WORDS = {
        {0}, {(byte) 0xff}, {'"'}, {'{'}, {'}'}, {'['}, {','}, {'\t'}, {'\n'}, {'\\'}, {'-', '1'}, {'9', '9', '9', '9', '9', '9', '9', '9', '9', '9'},
        {'1', 'e', '9', '9', '9'}, {'n', 'u', 'l', 'l'}, {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x7f}, {0, 0, 0, (byte) 0x80},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f}, {(byte) 0xc3, 0x28}};

    private Mutations() {}

    /// One to four changes: a flipped bit, another byte, a word in between or over, a range cut out, doubled or cut off.
    public static byte[] of(byte[] original, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L);
        byte[] bytes = original.clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        if (bytes.length < 2) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 64));
        byte[] word = WORDS[random.nextInt(WORDS.length)];
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> {
                return joined(Arrays.copyOf(bytes, at), word, Arrays.copyOfRange(bytes, at, bytes.length));
            }
            case 3 -> System.arraycopy(word, 0, bytes, at, Math.min(word.length, bytes.length - at));
            case 4 -> {
                return joined(Arrays.copyOf(bytes, at), new byte[0], Arrays.copyOfRange(bytes, at + length, bytes.length));
            }
            case 5 -> {
                return joined(Arrays.copyOf(bytes, at + length), Arrays.copyOfRange(bytes, at, at + length),
                        Arrays.copyOfRange(bytes, at + length, bytes.length));
            }
            default -> {
                return Arrays.copyOf(bytes, random.nextInt(4) == 0 ? at : bytes.length - 1);
            }
        }
        return bytes;
    }

    private static byte[] joined(byte[] a, byte[] b, byte[] c) {
        byte[] all = Arrays.copyOf(a, a.length + b.length + c.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        System.arraycopy(c, 0, all, a.length + b.length, c.length);
        return all;
    }
}
