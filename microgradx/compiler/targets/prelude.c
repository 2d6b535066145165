#include <float.h>
#include <math.h>

#if defined __AVX512F__ // what a vector of the machine holds
#define LANES 8
#elif defined __AVX__
#define LANES 4
#else
#define LANES 2
#endif
#define LANE(l) _Pragma("GCC unroll 8") for (int l = 0; l < LANES; l++)
#define SUMS 8 // rows are added in eight sums on every machine: the results are the same
typedef double T __attribute__((vector_size(8 * LANES)));
typedef long long M __attribute__((vector_size(8 * LANES))); // in each lane all bits, or none

// A number as that number in every lane; exact, -0.0 too.
#define V(x) ((x) - (T){})

static inline double maximum(double x, double y) { return y > x ? y : x; }
static inline double minimum(double x, double y) { return y < x ? y : x; }
static inline double greater(double x, double y) { return x > y; }
static inline double equal(double x, double y) { return x == y; }
static inline double where(double c, double x, double y) { return c != 0.0 ? x : y; }

static inline T choose(M c, T x, T y) { return (T)((c & (M)x) | (~c & (M)y)); }
static inline T lanes_abs(T x) { return (T)((M)x & ~(M)V(-0.0)); }
static inline T lanes_maximum(T x, T y) { return choose((M)(y > x), y, x); }
static inline T lanes_minimum(T x, T y) { return choose((M)(y < x), y, x); }
static inline T lanes_greater(T x, T y) { return (T)((M)(x > y) & (M)V(1.0)); }
static inline T lanes_equal(T x, T y) { return (T)((M)(x == y) & (M)V(1.0)); }
static inline T lanes_where(T c, T x, T y) { return choose((M)(c != V(0.0)), x, y); }

// Python's hypot, which is more exact than that of most C libraries: with the sum of the squares
// in two parts, and one step of Newton's method for its root (after CPython's mathmodule.c, by
// R. Hettinger).
static inline double square(double x, double *low) {
    double p = x * x, t = 134217729.0 * x, h = t - (t - x), l = x - h;
    *low = ((h * h - p) + h * l + h * l) + l * l;
    return p;
}
static double length(double x, double y) {
    x = fabs(x), y = fabs(y);
    double most = x > y ? x : y, low, part, sum, small, root;
    if (!(most > 0.0)) return x + y;
    if (!(most <= DBL_MAX)) return INFINITY;
    if (most < DBL_MIN) return DBL_MIN * length(x / DBL_MIN, y / DBL_MIN);
    int exponent;
    frexp(most, &exponent);
    double scale = ldexp(1.0, -exponent);
    x *= scale, y *= scale;
    part = square(x, &low);
    sum = 1.0 + part, small = (1.0 - sum) + part;
    double lows = low, smalls = small;
    part = square(y, &low);
    double next = sum + part;
    smalls += (sum - next) + part, lows += low, sum = next;
    root = sqrt(sum - 1.0 + (lows + smalls));
    part = -square(root, &low);
    next = sum + part;
    smalls += (sum - next) + part, lows -= low, sum = next;
    root += (sum - 1.0 + (lows + smalls)) / (2.0 * root);
    return root / scale;
}
#define hypot length
