package io.yiwang.streams.detect.joint;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How standardised rows lie together: their covariance around zero, from time to time its inverse, and the tail of the distance that
 * the two give. The distance is Mahalanobis' with the correlations shrunk by a ridge: directions in which the metrics never differed
 * count for much (the SPE of a principal component analysis), the others for what they are worth (its T²), in one number.
 */
final class Cloud {
    private static final double LEAST_VARIANCE = 0.01;
    private static final double LEARN_CLIP = 3;
    private static final int FIRST = 60;

    final float[] covariance;
    private final float[] precision;
    final Tail tail;

    Cloud(int size) {
        this(new float[Triangle.length(size)], new float[Triangle.length(size)], new Tail());
    }

    private Cloud(float[] covariance, float[] precision, Tail tail) {
        this.covariance = covariance;
        this.precision = precision;
        this.tail = tail;
    }

    Cloud copy() {
        return new Cloud(covariance.clone(), precision.clone(), tail.copy());
    }

    /** Squared distance per metric: about 1 for an ordinary row. */
    double distance(float[] row) {
        return Math.max(0, Triangle.form(precision, row)) / row.length;
    }

    /** What metric {@code i} adds to the distance; may be negative. */
    double contribution(float[] row, int i) {
        return row[i] * Triangle.row(precision, row, i);
    }

    /** How far metric {@code i} is from where the others make it expected. */
    double surprise(float[] row, int i) {
        return Triangle.row(precision, row, i) / precision[Triangle.diagonal(i)];
    }

    /**
     * @param learned rows learned before
     * @param weight as in {@link Channels#learn}
     * @param scratch as long as the row
     */
    void learn(float[] row, double gain, double weight, long learned, double[] scratch) {
        for (var i = 0; i < row.length; i++) {
            var most = LEARN_CLIP * Math.sqrt(variance(i));
            var bounded = learned < FIRST ? row[i] : Math.max(-most, Math.min(most, row[i]));
            scratch[i] = weight * bounded;
        }
        var at = 0;
        for (var i = 0; i < row.length; i++) {
            for (var k = 0; k <= i; k++) {
                covariance[at] += (float) (gain * (scratch[i] * scratch[k] - covariance[at]));
                at++;
            }
        }
    }

    /** Of metric {@code i} nothing is known but that it is standardised. */
    void assume(int i) {
        covariance[Triangle.diagonal(i)] = 1;
    }

    double variance(int i) {
        return Math.max(LEAST_VARIANCE, covariance[Triangle.diagonal(i)]);
    }

    /**
     * Inverts anew.
     *
     * @param ridge added to the ones of the correlation matrix
     * @param prior covariance to lean on, if {@code share} is not 0
     * @param share of the prior, in [0, 1)
     * @param factor the prior is to be multiplied by
     * @param leastVariance of each metric
     * @param scratch for a triangle
     * @param deviations for a row
     */
    void renew(
            double ridge,
            float[] prior,
            double share,
            double factor,
            double[] leastVariance,
            double[] scratch,
            double[] deviations) {
        var size = deviations.length;
        for (var i = 0; i < size; i++) {
            var diagonal = Triangle.diagonal(i);
            deviations[i] = Math.sqrt(Math.max(leastVariance[i], mixed(prior, share, factor, diagonal)));
        }
        var at = 0;
        for (var i = 0; i < size; i++) {
            for (var k = 0; k < i; k++) {
                scratch[at] = mixed(prior, share, factor, at) / (deviations[i] * deviations[k]);
                at++;
            }
            scratch[at++] = 1 + ridge;
        }
        Triangle.invert(scratch, size);
        at = 0;
        for (var i = 0; i < size; i++) {
            for (var k = 0; k <= i; k++) {
                precision[at] = (float) (scratch[at] / (deviations[i] * deviations[k]));
                at++;
            }
        }
    }

    private double mixed(float[] prior, double share, double factor, int at) {
        return (1 - share) * covariance[at] + share * factor * prior[at];
    }

    void write(DataOutput out) throws IOException {
        for (var value : covariance) {
            out.writeFloat(value);
        }
        for (var value : precision) {
            out.writeFloat(value);
        }
        tail.write(out);
    }

    static Cloud read(DataInput in, int size) throws IOException {
        return new Cloud(floats(in, Triangle.length(size)), floats(in, Triangle.length(size)), Tail.read(in));
    }

    static float[] floats(DataInput in, int length) throws IOException {
        var read = new float[length];
        for (var i = 0; i < length; i++) {
            read[i] = in.readFloat();
        }
        return read;
    }
}
