/* The normal form of a listing: sums of products, and maps; and their levels. A part of _native.c;
   the definitions are in compiler/ir/normal_form.py and groups.py. */

typedef struct {
    int32_t x, y; /* y is -1 where there is one factor */
    uint8_t minus;
} Term;

typedef struct {
    Term *terms;
    size_t count, room;
} Sum;

typedef struct {
    Operations *listing;
    PyObject *forms, *runs; /* the list of what was found; the runs that were, by kinds of terms */
    PyObject **positions;   /* each as Python has it, once it was asked for */
    uint32_t *uses;
    int32_t *user;      /* which operation, -1 for an output */
    int32_t *beginning; /* the sum that another one begins with, -1 for none */
    Sum *sums;
    size_t sum_count, sum_room;
    int32_t *free_sums; /* which are at hand again */
    size_t free_count, free_room;
    uint32_t add, sub, mul, neg; /* the numbers of these ops */
} Folding;

static PyObject *python_fold;

static PyObject *shared_position(Folding *self, int32_t x)
{
    if (!self->positions[x])
        self->positions[x] = PyLong_FromLong(x);
    return Py_XNewRef(self->positions[x]);
}

static int find_uses(Folding *self, PyObject *kept)
{
    const Operations *listing = self->listing;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(kept); i++) {
        int64_t x = as_position(listing, PyList_GET_ITEM(kept, i));
        if (x < 0)
            return -1;
        self->uses[x] += 2; /* never folded into another */
    }
    for (size_t i = listing->count; i-- > 0;) {
        const Entry *entry = &listing->entries[i];
        const int32_t *x = operands_at(listing, entry);
        for (uint32_t k = 0; self->uses[i] && k < entry->count; k++) {
            self->uses[x[k]]++;
            self->user[x[k]] = (int32_t)i;
        }
    }
    return 0;
}

static int add_term(Sum *sum, int32_t x, int32_t y, int minus)
{
    if (make_room(&sum->terms, &sum->room, sum->count + 1, sizeof *sum->terms) < 0)
        return -1;
    sum->terms[sum->count++] = (Term){x, y, (uint8_t)minus};
    return 0;
}

/* Add what stands at a position: its one or two factors, if it is used here alone. */
static int add_position(Folding *self, Sum *sum, int32_t x, int minus)
{
    const Entry *entry = &self->listing->entries[x];
    if (self->uses[x] == 1 && entry->op == self->mul)
        return add_term(sum, entry->at.two[0], entry->at.two[1], minus);
    if (self->uses[x] == 1 && entry->op == self->neg)
        return add_term(sum, entry->at.two[0], -1, !minus);
    return add_term(sum, x, -1, minus);
}

/* The number of an empty sum; -1 with an error set. */
static int32_t new_sum(Folding *self)
{
    if (self->free_count)
        return self->free_sums[--self->free_count];
    if (make_room(&self->sums, &self->sum_room, self->sum_count + 1, sizeof *self->sums) < 0)
        return -1;
    self->sums[self->sum_count] = (Sum){NULL, 0, 0};
    return (int32_t)self->sum_count++;
}

static int release_sum(Folding *self, int32_t number)
{
    Sum *sum = &self->sums[number];
    PyMem_Free(sum->terms);
    *sum = (Sum){NULL, 0, 0};
    if (make_room(&self->free_sums, &self->free_room, self->free_count + 1,
                  sizeof *self->free_sums) < 0)
        return -1;
    self->free_sums[self->free_count++] = number;
    return 0;
}

/* The runs of a sum, as Python has them. */
static PyObject *make_runs(const Sum *sum)
{
    PyObject *found = PyList_New(0);
    for (size_t start = 0, stop; found && start < sum->count; start = stop) {
        const Term *first = &sum->terms[start];
        for (stop = start + 1; stop < sum->count && sum->terms[stop].minus == first->minus &&
                               (sum->terms[stop].y < 0) == (first->y < 0);)
            stop++;
        PyObject *minus = first->minus ? Py_True : Py_False;
        PyObject *terms = PyObject_CallFunction(terms_class, "Oin", minus, first->y < 0 ? 1 : 2,
                                                (Py_ssize_t)(stop - start));
        if (!terms || PyList_Append(found, terms) < 0)
            Py_CLEAR(found);
        Py_XDECREF(terms);
    }
    PyObject *runs = found ? PyList_AsTuple(found) : NULL;
    Py_XDECREF(found);
    return runs;
}

/* The runs of a sum, one object for all that are alike: made once for the kinds of its terms. */
static PyObject *runs_of(Folding *self, const Sum *sum)
{
    PyObject *kinds = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)sum->count);
    for (size_t i = 0; kinds && i < sum->count; i++)
        PyBytes_AS_STRING(kinds)[i] = (char)(2 * sum->terms[i].minus + (sum->terms[i].y < 0));
    PyObject *runs = kinds ? PyDict_GetItemWithError(self->runs, kinds) : NULL;
    Py_XINCREF(runs);
    if (kinds && !runs && !PyErr_Occurred() && (runs = make_runs(sum)) &&
        PyDict_SetItem(self->runs, kinds, runs) < 0)
        Py_CLEAR(runs);
    Py_XDECREF(kinds);
    return runs;
}

/* One more form; of a sum its runs and operands, of a map what the listing has. */
static int add_form(Folding *self, size_t position, const Sum *sum)
{
    const Operations *listing = self->listing;
    const Entry *entry = &listing->entries[position];
    const int32_t *x = operands_at(listing, entry);
    Py_ssize_t count = sum ? 0 : entry->count, next = 0;
    for (size_t i = 0; sum && i < sum->count; i++)
        count += sum->terms[i].y < 0 ? 1 : 2;
    PyObject *runs = sum ? runs_of(self, sum) : PyTuple_New(0), *operands = PyTuple_New(count);
    PyObject *place = shared_position(self, (int32_t)position), *form = NULL;
    for (size_t i = 0; operands && next < count; i++) {
        PyTuple_SET_ITEM(operands, next++, shared_position(self, sum ? sum->terms[i].x : x[i]));
        if (sum && sum->terms[i].y >= 0)
            PyTuple_SET_ITEM(operands, next++, shared_position(self, sum->terms[i].y));
    }
    if (runs && operands && place && !PyErr_Occurred())
        form = named_tuple(form_class, 4, place,
                           sum ? Py_None : PyList_GET_ITEM(listing->ops, entry->op), runs,
                           operands);
    int result = form ? PyList_Append(self->forms, form) : -1;
    Py_XDECREF(runs), Py_XDECREF(operands), Py_XDECREF(place), Py_XDECREF(form);
    return result;
}

/* Fold the operation at a position, which is used. */
static int fold_operation(Folding *self, size_t position)
{
    const Entry *entry = &self->listing->entries[position];
    const int32_t *x = entry->at.two;
    uint32_t op = entry->op;
    int32_t user = self->uses[position] == 1 ? self->user[position] : -1;
    uint32_t using = user >= 0 ? self->listing->entries[user].op : 0;
    int in_sum = user >= 0 && (using == self->add || using == self->sub);
    if (in_sum && (op == self->mul || op == self->neg))
        return 0; /* a term of that sum */
    if (op != self->add && op != self->sub && op != self->mul && op != self->neg)
        return add_form(self, position, NULL);
    int additive = op == self->add || op == self->sub;
    int32_t number = additive ? self->beginning[x[0]] : -1;
    if (number >= 0)
        self->beginning[x[0]] = -1;
    int begins = number < 0;
    if (begins && (number = new_sum(self)) < 0)
        return -1;
    Sum *sum = &self->sums[number];
    int result = 0;
    if (additive) {
        if (begins)
            result = add_position(self, sum, x[0], 0);
        if (result == 0)
            result = add_position(self, sum, x[1], op == self->sub);
        if (result == 0 && in_sum &&
            self->listing->entries[user].at.two[0] == (int32_t)position) {
            self->beginning[position] = number;
            return 0;
        }
    } else
        result = add_term(sum, x[0], op == self->mul ? x[1] : -1, op == self->neg);
    if (result == 0)
        result = add_form(self, position, sum);
    return release_sum(self, number) < 0 ? -1 : result;
}

static int begin_folding(Folding *self, PyObject *kept)
{
    Operations *listing = self->listing;
    size_t count = listing->count + 1;
    int64_t numbers[4];
    const int rows[] = {ROW_add, ROW_sub, ROW_mul, ROW_neg};
    for (int i = 0; i < 4; i++)
        if ((numbers[i] = op_number(listing, op_of_row[rows[i]])) < 0)
            return -1;
    self->add = (uint32_t)numbers[0], self->sub = (uint32_t)numbers[1];
    self->mul = (uint32_t)numbers[2], self->neg = (uint32_t)numbers[3];
    self->forms = PyList_New(0);
    self->runs = PyDict_New();
    self->positions = PyMem_Calloc(count, sizeof *self->positions);
    self->uses = PyMem_Calloc(count, sizeof *self->uses);
    self->user = PyMem_Malloc(count * sizeof *self->user);
    self->beginning = PyMem_Malloc(count * sizeof *self->beginning);
    if (!self->positions || !self->uses || !self->user || !self->beginning) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->user, -1, count * sizeof *self->user);
    memset(self->beginning, -1, count * sizeof *self->beginning);
    return self->forms && self->runs ? find_uses(self, kept) : -1;
}

static void end_folding(Folding *self)
{
    for (size_t i = 0; self->positions && i < self->listing->count; i++)
        Py_XDECREF(self->positions[i]);
    for (size_t i = 0; i < self->sum_count; i++)
        PyMem_Free(self->sums[i].terms);
    PyMem_Free(self->positions), PyMem_Free(self->uses), PyMem_Free(self->user);
    PyMem_Free(self->beginning), PyMem_Free(self->sums), PyMem_Free(self->free_sums);
    Py_XDECREF(self->runs);
}

static PyObject *try_fold(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyObject_TypeCheck(given[0], &OperationsType) ||
        !PyList_CheckExact(given[1]) || !form_class || !terms_class)
        return NULL;
    Folding folding = {.listing = (Operations *)given[0]};
    int result = begin_folding(&folding, given[1]);
    for (size_t i = 0; result == 0 && i < folding.listing->count; i++) {
        uint32_t op = folding.listing->entries[i].op;
        if (folding.uses[i] && op && folding.listing->kinds[op] != A_RESULT)
            result = fold_operation(&folding, i);
        if (i % SIGNALS_EVERY == 0 && result == 0)
            result = PyErr_CheckSignals();
    }
    end_folding(&folding);
    if (result < 0)
        Py_CLEAR(folding.forms);
    return folding.forms;
}

/* --- levels ---------------------------------------------------------------------------------- */

/* The place of a position among so many levels, NULL if it is none or an error is set. */
static inline uint32_t *level_at(uint32_t *levels, Py_ssize_t count, PyObject *position)
{
    Py_ssize_t i = PyLong_Check(position) ? PyLong_AsSsize_t(position) : -1;
    return i >= 0 && i < count ? &levels[i] : NULL;
}

/* The level of a form, 0 if Python has to find it. */
static uint32_t level_of(uint32_t *levels, Py_ssize_t count, PyObject *form, PyObject *results)
{
    if (!PyTuple_Check(form) || PyTuple_GET_SIZE(form) != 4)
        return 0;
    PyObject *operands = PyTuple_GET_ITEM(form, 3), *position = PyTuple_GET_ITEM(form, 0);
    uint32_t highest = 0, *mine = level_at(levels, count, position), *other;
    if (!mine || !PyTuple_CheckExact(operands))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(operands); i++) {
        if (!(other = level_at(levels, count, PyTuple_GET_ITEM(operands, i))))
            return 0;
        highest = Py_MAX(highest, *other);
    }
    *mine = highest + 1;
    PyObject *found = PyDict_GetItemWithError(results, position), *key, *result;
    Py_ssize_t at = 0;
    while (found && PyDict_CheckExact(found) && PyDict_Next(found, &at, &key, &result)) {
        if (!(other = level_at(levels, count, result)))
            return 0;
        *other = highest + 1;
    }
    return highest + 1;
}

static PyObject *try_find_levels(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 3 || names || !PyList_CheckExact(given[0]) || !PyLong_CheckExact(given[1]) ||
        !PyDict_CheckExact(given[2]))
        return NULL;
    Py_ssize_t positions = PyLong_AsSsize_t(given[1]), forms = PyList_GET_SIZE(given[0]);
    uint32_t *levels = positions < 0 ? NULL : PyMem_Calloc(positions + 1, sizeof *levels);
    PyObject *found = levels ? PyList_New(forms) : NULL;
    for (Py_ssize_t i = 0; found && i < forms; i++) {
        uint32_t level = level_of(levels, positions, PyList_GET_ITEM(given[0], i), given[2]);
        PyObject *number = level && !PyErr_Occurred() ? PyLong_FromUnsignedLong(level) : NULL;
        if (!number)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, i, number);
    }
    PyMem_Free(levels);
    return found;
}
