/* The tiny GPT of tiny_gpt.py as one would write it by hand in C: loss, all gradients, and Adam.

   Each step takes some names, goes forward and backward through each of them, position by position,
   and moves all parameters. It computes nothing for what comes after a name. */

#include <math.h>
#include <string.h>

enum { WIDTH = 16, HEADS = 4, PART = WIDTH / HEADS, LETTERS = 27, LONGEST = 16, HIDDEN = 64 };

typedef struct {
    double token[LETTERS][WIDTH], position[LONGEST][WIDTH], output[LETTERS][WIDTH];
    double query[WIDTH][WIDTH], key[WIDTH][WIDTH], value[WIDTH][WIDTH], mix[WIDTH][WIDTH];
    double expand[HIDDEN][WIDTH], contract[WIDTH][HIDDEN];
} Weights;

enum { PARAMETERS = sizeof(Weights) / sizeof(double) };

typedef struct { /* of one position */
    double x0[WIDTH], x1[WIDTH], x2[WIDTH], normed0[WIDTH], normed1[WIDTH];
    double query[WIDTH], key[WIDTH], value[WIDTH], heard[WIDTH], hidden[HIDDEN];
    double attention[HEADS][LONGEST], likelihood[LETTERS];
    double scale, scale0, scale1;
} Position;

/* y = A x, or y += A x */
static void times(int rows, int columns, const double *a, const double *x, double *y, int add) {
    for (int i = 0; i < rows; i++) {
        double sum = 0.0;
        for (int j = 0; j < columns; j++) sum += a[i * columns + j] * x[j];
        y[i] = add ? y[i] + sum : sum;
    }
}

/* The gradients of y = A x: those of A and x grow. */
static void times_back(int rows, int columns, const double *a, const double *x, const double *dy,
                       double *da, double *dx) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            da[i * columns + j] += dy[i] * x[j];
            dx[j] += dy[i] * a[i * columns + j];
        }
}

static double norm(const double *x, double *y) {
    double square = 0.0;
    for (int i = 0; i < WIDTH; i++) square += x[i] * x[i];
    double scale = 1.0 / sqrt(square / WIDTH + 1e-5);
    for (int i = 0; i < WIDTH; i++) y[i] = x[i] * scale;
    return scale;
}

static void norm_back(const double *y, double scale, const double *dy, double *dx) {
    double along = 0.0;
    for (int i = 0; i < WIDTH; i++) along += dy[i] * y[i];
    for (int i = 0; i < WIDTH; i++) dx[i] += scale * (dy[i] - y[i] * along / WIDTH);
}

static void softmax(int count, const double *x, double *y) {
    double largest = x[0], sum = 0.0;
    for (int i = 1; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    for (int i = 0; i < count; i++) sum += y[i] = exp(x[i] - largest);
    for (int i = 0; i < count; i++) y[i] /= sum;
}

/* The loss of the letter after position t. */
static double forward(const Weights *w, const int *name, int t, Position *all) {
    Position *p = all + t;
    double sum[WIDTH], scores[LONGEST], logits[LETTERS];
    for (int i = 0; i < WIDTH; i++) sum[i] = w->token[name[t]][i] + w->position[t][i];
    p->scale = norm(sum, p->x0);
    p->scale0 = norm(p->x0, p->normed0);
    times(WIDTH, WIDTH, *w->query, p->normed0, p->query, 0);
    times(WIDTH, WIDTH, *w->key, p->normed0, p->key, 0);
    times(WIDTH, WIDTH, *w->value, p->normed0, p->value, 0);
    memset(p->heard, 0, sizeof p->heard);
    for (int h = 0; h < HEADS; h++) {
        for (int u = 0; u <= t; u++) {
            scores[u] = 0.0;
            for (int i = h * PART; i < (h + 1) * PART; i++) scores[u] += p->query[i] * all[u].key[i];
            scores[u] /= sqrt(PART);
        }
        softmax(t + 1, scores, p->attention[h]);
        for (int u = 0; u <= t; u++)
            for (int i = h * PART; i < (h + 1) * PART; i++)
                p->heard[i] += p->attention[h][u] * all[u].value[i];
    }
    memcpy(p->x1, p->x0, sizeof p->x1);
    times(WIDTH, WIDTH, *w->mix, p->heard, p->x1, 1);
    p->scale1 = norm(p->x1, p->normed1);
    times(HIDDEN, WIDTH, *w->expand, p->normed1, p->hidden, 0);
    for (int i = 0; i < HIDDEN; i++) p->hidden[i] = p->hidden[i] > 0.0 ? p->hidden[i] : 0.0;
    memcpy(p->x2, p->x1, sizeof p->x2);
    times(WIDTH, HIDDEN, *w->contract, p->hidden, p->x2, 1);
    times(LETTERS, WIDTH, *w->output, p->x2, logits, 0);
    softmax(LETTERS, logits, p->likelihood);
    return -log(p->likelihood[name[t + 1]]);
}

/* Adds the gradients of position t, once those of the later ones are there. */
static void backward(const Weights *w, const int *name, int t, const Position *all, double share,
                     Weights *g, double dkey[][WIDTH], double dvalue[][WIDTH]) {
    const Position *p = all + t;
    double dlogits[LETTERS], dx[WIDTH] = {0}, dhidden[HIDDEN] = {0}, dnormed[WIDTH] = {0};
    double dheard[WIDTH] = {0}, dquery[WIDTH] = {0}, dsum[WIDTH] = {0};
    for (int i = 0; i < LETTERS; i++)
        dlogits[i] = share * (p->likelihood[i] - (i == name[t + 1]));
    times_back(LETTERS, WIDTH, *w->output, p->x2, dlogits, *g->output, dx);
    times_back(WIDTH, HIDDEN, *w->contract, p->hidden, dx, *g->contract, dhidden);
    for (int i = 0; i < HIDDEN; i++) dhidden[i] = p->hidden[i] > 0.0 ? dhidden[i] : 0.0;
    times_back(HIDDEN, WIDTH, *w->expand, p->normed1, dhidden, *g->expand, dnormed);
    norm_back(p->normed1, p->scale1, dnormed, dx);
    times_back(WIDTH, WIDTH, *w->mix, p->heard, dx, *g->mix, dheard);
    for (int h = 0; h < HEADS; h++) {
        double dattention[LONGEST], along = 0.0;
        for (int u = 0; u <= t; u++) {
            dattention[u] = 0.0;
            for (int i = h * PART; i < (h + 1) * PART; i++) {
                dattention[u] += dheard[i] * all[u].value[i];
                dvalue[u][i] += p->attention[h][u] * dheard[i];
            }
            along += p->attention[h][u] * dattention[u];
        }
        for (int u = 0; u <= t; u++) {
            double dscore = p->attention[h][u] * (dattention[u] - along) / sqrt(PART);
            for (int i = h * PART; i < (h + 1) * PART; i++) {
                dquery[i] += dscore * all[u].key[i];
                dkey[u][i] += dscore * p->query[i];
            }
        }
    }
    memset(dnormed, 0, sizeof dnormed);
    times_back(WIDTH, WIDTH, *w->query, p->normed0, dquery, *g->query, dnormed);
    times_back(WIDTH, WIDTH, *w->key, p->normed0, dkey[t], *g->key, dnormed);
    times_back(WIDTH, WIDTH, *w->value, p->normed0, dvalue[t], *g->value, dnormed);
    norm_back(p->normed0, p->scale0, dnormed, dx);
    norm_back(p->x0, p->scale, dx, dsum);
    for (int i = 0; i < WIDTH; i++) {
        g->token[name[t]][i] += dsum[i];
        g->position[t][i] += dsum[i];
    }
}

/* Steps of Adam. `lengths` are the numbers of letters to predict in each name, and `state` is what
   Adam remembers: the means of all gradients, then of their squares, then both powers. */
void train(double *parameters, double *state, const int *names, const int *lengths, int steps,
           int together, double *losses) {
    static const double rate = 0.01, beta1 = 0.85, beta2 = 0.99, epsilon = 1e-8;
    const Weights *w = (const Weights *)parameters;
    double *mean = state, *square = state + PARAMETERS, *powers = state + 2 * PARAMETERS;
    for (int step = 0; step < steps; step++) {
        Weights gradient = {0};
        losses[step] = 0.0;
        for (int k = 0; k < together; k++, names += LONGEST + 1, lengths++) {
            Position all[LONGEST];
            double dkey[LONGEST][WIDTH] = {{0}}, dvalue[LONGEST][WIDTH] = {{0}};
            double share = 1.0 / (*lengths * together);
            for (int t = 0; t < *lengths; t++) losses[step] += share * forward(w, names, t, all);
            for (int t = *lengths - 1; t >= 0; t--)
                backward(w, names, t, all, share, &gradient, dkey, dvalue);
        }
        const double *g = (const double *)&gradient;
        powers[0] *= beta1;
        powers[1] *= beta2;
        for (int i = 0; i < PARAMETERS; i++) {
            mean[i] = beta1 * mean[i] + (1.0 - beta1) * g[i];
            square[i] = beta2 * square[i] + (1.0 - beta2) * g[i] * g[i];
            double size = sqrt(square[i] / (1.0 - powers[1])) + epsilon;
            parameters[i] -= rate * (mean[i] / (1.0 - powers[0])) / size;
        }
    }
}
