// W1 and W2 as one would write them by hand: sums over the rows of the loss and of its gradient.
// Parameters lie one after the other, in the order of the gradient.
#include <math.h>
#include <string.h>

enum { INPUTS = 2, HIDDEN = 16, FEATURES = 64, CLASSES = 10 };

// A 2-16-16-1 network of rectified neurons, maximum margin and L2. One row: two numbers, a label.
double w1(const double *p, const double *xs, const double *ts, long n, double *g) {
    const double *w1 = p, *b1 = w1 + INPUTS * HIDDEN, *w2 = b1 + HIDDEN, *b2 = w2 + HIDDEN * HIDDEN;
    const double *w3 = b2 + HIDDEN, *b3 = w3 + HIDDEN;
    const long count = b3 + 1 - p;
    double *gw1 = g, *gb1 = gw1 + INPUTS * HIDDEN, *gw2 = gb1 + HIDDEN, *gb2 = gw2 + HIDDEN * HIDDEN;
    double *gw3 = gb2 + HIDDEN, *gb3 = gw3 + HIDDEN;
    double loss = 0.0, penalty = 0.0;
    memset(g, 0, count * sizeof *g);
    for (long s = 0; s < n; s++) {
        const double *x = xs + s * INPUTS;
        double h1[HIDDEN], h2[HIDDEN], score = *b3;
        for (int i = 0; i < HIDDEN; i++) {
            double z = b1[i];
            for (int j = 0; j < INPUTS; j++) z += w1[i * INPUTS + j] * x[j];
            h1[i] = z > 0.0 ? z : 0.0;
        }
        for (int i = 0; i < HIDDEN; i++) {
            double z = b2[i];
            for (int j = 0; j < HIDDEN; j++) z += w2[i * HIDDEN + j] * h1[j];
            h2[i] = z > 0.0 ? z : 0.0;
            score += w3[i] * h2[i];
        }
        const double margin = 1.0 - ts[s] * score;
        if (margin <= 0.0) continue;
        loss += margin;
        const double d = -ts[s];
        double d1[HIDDEN] = {0};
        *gb3 += d;
        for (int i = 0; i < HIDDEN; i++) {
            gw3[i] += d * h2[i];
            if (h2[i] <= 0.0) continue; // a unit that is off has no gradient
            const double d2 = d * w3[i];
            gb2[i] += d2;
            for (int j = 0; j < HIDDEN; j++) {
                gw2[i * HIDDEN + j] += d2 * h1[j];
                d1[j] += d2 * w2[i * HIDDEN + j];
            }
        }
        for (int i = 0; i < HIDDEN; i++) {
            if (h1[i] <= 0.0) continue;
            gb1[i] += d1[i];
            for (int j = 0; j < INPUTS; j++) gw1[i * INPUTS + j] += d1[i] * x[j];
        }
    }
    for (long i = 0; i < count; i++) {
        penalty += p[i] * p[i];
        g[i] += n * 2e-4 * p[i];
    }
    return loss + n * 1e-4 * penalty;
}

// Softmax regression from 64 numbers to 10 classes, cross-entropy against one-hot targets.
double w2(const double *p, const double *xs, const double *ts, long n, double *g) {
    const double *w = p, *b = p + CLASSES * FEATURES;
    double *gw = g, *gb = g + CLASSES * FEATURES, loss = 0.0;
    memset(g, 0, (CLASSES * FEATURES + CLASSES) * sizeof *g);
    for (long s = 0; s < n; s++) {
        const double *x = xs + s * FEATURES, *t = ts + s * CLASSES;
        double e[CLASSES], total = 0.0;
        for (int i = 0; i < CLASSES; i++) {
            double z = b[i];
            for (int j = 0; j < FEATURES; j++) z += w[i * FEATURES + j] * x[j];
            loss -= t[i] * z;
            total += e[i] = exp(z);
        }
        loss += log(total);
        for (int i = 0; i < CLASSES; i++) {
            const double d = e[i] / total - t[i];
            gb[i] += d;
            for (int j = 0; j < FEATURES; j++) gw[i * FEATURES + j] += d * x[j];
        }
    }
    return loss;
}
