/* Operations: what a listing of the compiler holds, each of them once. A part of _native.c; the
   definition is compiler/ir/operations.py. */

/* What is done with an op: a step or a sum is simplified by Python if an operand is constant. */
enum op_kind { BY_PYTHON, ONE_STEP, SUM_OF_ALL, SUM_OF_PRODUCTS, ITS_OPERAND, A_RESULT };

/* An op, and the positions of its operands: two of them here, more in the pool. */
typedef struct {
    uint32_t op, count;
    union {
        int32_t two[2];
        size_t start;
    } at;
} Entry;

typedef struct {
    Entry entry;
    int32_t position;
} Alias; /* an operation that was simplified to what stands at a position */

/* What stands in a place of a table: 0, a position + 1, or the number of an alias with the top bit;
   and its hash, which tells it from most others without a look at it, which is not in the cache. */
typedef struct {
    uint32_t what, hash;
} Slot;

typedef struct {
    PyObject_HEAD
    PyObject *outer, *constants;
    PyObject *ops, *numbers; /* the ops that occur, and the number of each; None is number 0 */
    uint8_t *kinds;
    uint32_t of_row[ROW_COUNT]; /* the number of a row's op, 0 while it is unknown */
    Entry *entries;
    Alias *aliases;
    int32_t *pool;
    Slot *slots, *first; /* all; and by position the first that has it as its last operand */
    size_t slot_count, used, count; /* slots, those of the table that are used, and positions */
    size_t alias_count, pool_count;
    size_t kinds_room, room, first_room, alias_room, pool_room;
} Operations;

#define ALIAS 0x80000000u
#define MOST_POSITIONS 0x7FFFFFFFu
#define NO_CONSTANT 1
#define NOT_SHARED 1

static PyObject *steps, *result_class, *terms_class, *form_class; /* what the compiler hands in */
static PyTypeObject OperationsType;

/* --- operations ------------------------------------------------------------------------------ */

static inline const int32_t *operands_at(const Operations *self, const Entry *entry)
{
    return entry->count <= 2 ? entry->at.two : self->pool + entry->at.start;
}

/* The number of an op; -1 with an error set. */
static int64_t op_number(Operations *self, PyObject *op)
{
    PyObject *known = PyDict_GetItemWithError(self->numbers, op);
    if (known)
        return (int64_t)PyLong_AsLong(known);
    if (PyErr_Occurred())
        return -1;
    Py_ssize_t number = PyList_GET_SIZE(self->ops);
    int is_step = steps ? PySet_Contains(steps, op) : 0;
    PyObject *as_int = is_step < 0 ? NULL : PyLong_FromSsize_t(number);
    if (!as_int ||
        make_room(&self->kinds, &self->kinds_room, number + 1, sizeof *self->kinds) < 0 ||
        PyDict_SetItem(self->numbers, op, as_int) < 0 || PyList_Append(self->ops, op) < 0) {
        Py_XDECREF(as_int);
        return -1;
    }
    Py_DECREF(as_int);
    int is_result = result_class && PyObject_TypeCheck(op, (PyTypeObject *)result_class);
    int is_same = op == op_of_row[ROW_identity] || op == op_of_row[ROW_fixed];
    self->kinds[number] = is_step         ? ONE_STEP
                          : is_result     ? A_RESULT
                          : is_same       ? ITS_OPERAND
                          : op == sum_op  ? SUM_OF_ALL
                          : op == dot_op  ? SUM_OF_PRODUCTS
                                          : BY_PYTHON;
    return number;
}

/* The number of the op that made a node. */
static inline int64_t op_number_of(Operations *self, const Node *node)
{
    if (!node->row)
        return op_number(self, node->record.many->op);
    uint32_t *known = &self->of_row[node->row - 1];
    if (!*known) {
        int64_t number = op_number(self, op_of_row[node->row - 1]);
        if (number < 0)
            return -1;
        *known = (uint32_t)number;
    }
    return *known;
}

/* Fill an entry; what is in the pool already is not put there again. */
static int fill_entry(Operations *self, Entry *entry, uint32_t op, const int32_t *x, uint32_t count)
{
    *entry = (Entry){op, count, {{0, 0}}};
    if (count <= 2) {
        if (count)
            memcpy(entry->at.two, x, count * sizeof *x);
        return 0;
    }
    if (make_room(&self->pool, &self->pool_room, self->pool_count + count, sizeof *x) < 0)
        return -1;
    memcpy(self->pool + self->pool_count, x, count * sizeof *x);
    entry->at.start = self->pool_count;
    self->pool_count += count;
    return 0;
}

/* The position of one more operation; -1 with an error set. */
static int64_t append_operation(Operations *self, uint32_t op, const int32_t *x, uint32_t count)
{
    if (self->count >= MOST_POSITIONS) {
        PyErr_NoMemory();
        return -1;
    }
    if (make_room(&self->entries, &self->room, self->count + 1, sizeof *self->entries) < 0 ||
        make_room(&self->first, &self->first_room, self->count + 1, sizeof *self->first) < 0 ||
        fill_entry(self, &self->entries[self->count], op, x, count) < 0)
        return -1;
    self->first[self->count] = (Slot){0, 0};
    return (int64_t)self->count++;
}

static inline const Entry *entry_of_slot(const Operations *self, uint32_t slot)
{
    return slot & ALIAS ? &self->aliases[slot & ~ALIAS].entry : &self->entries[slot - 1];
}

static inline uint32_t hash_of(uint32_t op, const int32_t *x, uint32_t count)
{
    uint64_t hash = op * 0x9E3779B97F4A7C15u + count;
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ (uint32_t)x[i]) * 0xFF51AFD7ED558CCDu;
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

static inline int is_in_slot(const Operations *self, Slot slot, uint32_t hash, uint32_t op,
                             const int32_t *x, uint32_t count)
{
    if (slot.hash != hash)
        return 0;
    const Entry *entry = entry_of_slot(self, slot.what);
    return entry->op == op && entry->count == count &&
           (!count || !memcmp(operands_at(self, entry), x, count * sizeof *x));
}

/* The slot of an operation, or the empty one where it would be. What is the first to use its last
   operand has its slot there: half of all, at a third of the time, for that is in the cache. */
static Slot *find_slot_of(const Operations *self, uint32_t hash, uint32_t op, const int32_t *x,
                          uint32_t count)
{
    size_t mask = self->slot_count - 1, i, last = 0;
    for (uint32_t k = 0; k < count; k++)
        last = Py_MAX(last, (size_t)x[k]);
    Slot *first = count ? &self->first[last] : NULL;
    if (first && (!first->what || is_in_slot(self, *first, hash, op, x, count)))
        return first;
    for (i = hash & mask; self->slots[i].what; i = (i + 1) & mask)
        if (is_in_slot(self, self->slots[i], hash, op, x, count))
            break;
    return &self->slots[i];
}

/* Make the table so large that there is room for more operations. */
static int make_slots(Operations *self, size_t more)
{
    size_t room = self->slot_count;
    while (3 * (self->used + more) > 2 * room)
        room *= 2;
    if (room == self->slot_count)
        return 0;
    Slot *slots = PyMem_Calloc(room, sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t k = 0; k < self->slot_count; k++)
        if (self->slots[k].what) {
            size_t i = self->slots[k].hash & (room - 1);
            while (slots[i].what)
                i = (i + 1) & (room - 1);
            slots[i] = self->slots[k];
        }
    PyMem_Free(self->slots);
    self->slots = slots;
    self->slot_count = room;
    return 0;
}

/* Fill the slot of an operation that has none. */
static int fill_slot(Operations *self, uint32_t what, uint32_t op, const int32_t *x, uint32_t count)
{
    if (make_slots(self, 1) < 0)
        return -1;
    uint32_t hash = hash_of(op, x, count);
    Slot *slot = find_slot_of(self, hash, op, x, count);
    self->used += self->slots <= slot && slot < self->slots + self->slot_count;
    *slot = (Slot){what, hash};
    return 0;
}

/* Whether an operand is constant, and its number; -1 with an error set. What is none stays none:
   that is noted in the place of the operands which an entry without an op does not have. */
static int is_constant(const Operations *self, int32_t x, double *number)
{
    Entry *entry = &self->entries[x];
    if (entry->op || entry->at.two[0] == NO_CONSTANT)
        return 0;
    PyObject *position = PyLong_FromLong(x);
    PyObject *found = position ? PyDict_GetItemWithError(self->constants, position) : NULL;
    Py_XDECREF(position);
    *number = found ? PyFloat_AsDouble(found) : 0.0;
    if (PyErr_Occurred())
        return -1;
    if (!found)
        entry->at.two[0] = NO_CONSTANT;
    return found != NULL;
}

static int any_constant(const Operations *self, const int32_t *x, uint32_t count)
{
    double number;
    int found = 0;
    for (uint32_t i = 0; i < count && !found; i++)
        found = is_constant(self, x[i], &number);
    return found;
}

/* Whether constant operands may determine the result: all of them do, and so may the first one, of
   an op that chooses, a 1 in a product, and a -0.0 in a sum. */
static int may_be_determined(Operations *self, uint32_t op, const int32_t *x, uint32_t count)
{
    PyObject *made = PyList_GET_ITEM(self->ops, op);
    int is_product = made == op_of_row[ROW_mul] || made == op_of_row[ROW_strong_product];
    int is_sum = made == op_of_row[ROW_add];
    double number;
    int found = 0, all = 1;
    for (uint32_t i = 0; i < count && (all || is_product || is_sum); i++) {
        if ((found = is_constant(self, x[i], &number)) < 0)
            return -1;
        if (found && (is_product ? number == 1.0
                      : is_sum   ? number == 0.0 && signbit(number)
                                 : i == 0))
            return 1;
        all &= found;
    }
    return count && all;
}

/* Whether some operand is computed here: what is computed of it is not the same outside either. */
static int any_computed(const Operations *self, const int32_t *x, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (self->entries[x[i]].op)
            return 1;
    return 0;
}

/* Whether all operands are the same outside; -1 with an error set. What is not stays so: that is
   noted in the other place of the operands which an entry without an op does not have. */
static int all_shared(const Operations *self, const int32_t *x, uint32_t count)
{
    PyObject *shared = NULL;
    int found = !any_computed(self, x, count);
    for (uint32_t i = 0; i < count && found > 0; i++) {
        Entry *entry = &self->entries[x[i]];
        if (entry->at.two[1] == NOT_SHARED)
            found = 0;
        else if (!shared && !(shared = PyObject_GetAttrString((PyObject *)self, "shared")))
            found = -1;
        else {
            PyObject *position = PyLong_FromLong(x[i]);
            found = position ? PySequence_Contains(shared, position) : -1;
            Py_XDECREF(position);
            if (!found)
                entry->at.two[1] = NOT_SHARED;
        }
    }
    Py_XDECREF(shared);
    return found;
}

static PyObject *as_tuple(const int32_t *x, uint32_t count)
{
    PyObject *found = PyTuple_New(count);
    for (uint32_t i = 0; found && i < count; i++) {
        PyObject *position = PyLong_FromLong(x[i]);
        if (!position)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, i, position);
    }
    return found;
}

/* Read a position that Python gave; -1 with an error set. */
static int64_t as_position(const Operations *self, PyObject *given)
{
    int64_t found = given ? PyLong_AsLongLong(given) : -1;
    if (!PyErr_Occurred() && (found < 0 || (size_t)found >= self->count))
        PyErr_SetString(PyExc_ValueError, "there is no operation at this position");
    return PyErr_Occurred() ? -1 : found;
}

static int64_t find_operation(Operations *self, uint32_t op, const int32_t *x, uint32_t count);

/* The position of a sum, or of a sum of products, from left to right. */
static int64_t sum_of(Operations *self, int products, const int32_t *x, uint32_t count)
{
    uint32_t terms = products ? count / 2 : count;
    int64_t add = op_number(self, op_of_row[ROW_add]), mul = op_number(self, op_of_row[ROW_mul]);
    int32_t *of = PyMem_Malloc((terms + 1) * sizeof *of);
    int64_t total = of && add >= 0 && mul >= 0 ? 0 : -1;
    if (!of)
        PyErr_NoMemory();
    for (uint32_t i = 0; i < terms && total >= 0; i++) {
        int32_t two[2] = {x[i], products ? x[terms + i] : 0};
        total = products ? find_operation(self, (uint32_t)mul, two, 2) : x[i];
        of[i] = (int32_t)total;
    }
    for (uint32_t i = 0; i < terms && total >= 0; i++) {
        int32_t two[2] = {(int32_t)total, of[i]};
        total = i ? find_operation(self, (uint32_t)add, two, 2) : of[0];
    }
    PyMem_Free(of);
    return total;
}

/* The position that Python finds, of which note is taken. */
static int64_t simplified(Operations *self, uint32_t op, const int32_t *x, uint32_t count)
{
    PyObject *operands = as_tuple(x, count), *given = NULL;
    if (operands)
        given = PyObject_CallMethod((PyObject *)self, "simplified", "OO",
                                    PyList_GET_ITEM(self->ops, op), operands);
    int64_t found = operands ? as_position(self, given) : -1;
    Py_XDECREF(operands), Py_XDECREF(given);
    if (found < 0 || find_slot_of(self, hash_of(op, x, count), op, x, count)->what)
        return found;
    const Entry *entry = &self->entries[found];
    uint32_t what = (uint32_t)found + 1;
    if (entry->op != op || entry->count != count ||
        memcmp(operands_at(self, entry), x, count * sizeof *x)) {
        if (make_room(&self->aliases, &self->alias_room, self->alias_count + 1,
                      sizeof *self->aliases) < 0)
            return -1;
        Alias *alias = &self->aliases[self->alias_count];
        if (fill_entry(self, &alias->entry, op, x, count) < 0)
            return -1;
        alias->position = (int32_t)found;
        what = ALIAS | (uint32_t)self->alias_count++;
    }
    return fill_slot(self, what, op, x, count) < 0 ? -1 : found;
}

/* The position of an operation after simplification; -1 with an error set. */
static int64_t find_operation(Operations *self, uint32_t op, const int32_t *x, uint32_t count)
{
    uint32_t what = find_slot_of(self, hash_of(op, x, count), op, x, count)->what;
    if (what)
        return what & ALIAS ? self->aliases[what & ~ALIAS].position : (int64_t)what - 1;
    enum op_kind kind = self->kinds[op];
    if (kind == ITS_OPERAND && count == 1)
        return x[0];
    int by_python = kind == BY_PYTHON || kind == A_RESULT || kind == ITS_OPERAND || !count;
    if (!by_python && self->outer != Py_None)
        by_python = all_shared(self, x, count);
    if (!by_python)
        by_python = kind == ONE_STEP ? may_be_determined(self, op, x, count)
                                     : any_constant(self, x, count);
    if (by_python)
        return by_python < 0 ? -1 : simplified(self, op, x, count);
    if (kind != ONE_STEP)
        return sum_of(self, kind == SUM_OF_PRODUCTS, x, count);
    int64_t found = append_operation(self, op, x, count);
    return found < 0 || fill_slot(self, (uint32_t)found + 1, op, x, count) < 0 ? -1 : found;
}

/* --- what Python sees of them ---------------------------------------------------------------- */

/* Read positions from a tuple into an array, which is to be freed. */
static int32_t *read_positions(const Operations *self, PyObject *operands)
{
    if (!PyTuple_Check(operands)) {
        PyErr_SetString(PyExc_TypeError, "operands are a tuple of positions");
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(operands);
    int32_t *found = PyMem_Malloc((count + 1) * sizeof *found);
    if (!found)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; found && i < count; i++) {
        int64_t position = as_position(self, PyTuple_GET_ITEM(operands, i));
        if (position < 0) {
            PyMem_Free(found);
            return NULL;
        }
        found[i] = (int32_t)position;
    }
    return found;
}

PyDoc_STRVAR(append_operation_doc, "The position of one more operation.");

static PyObject *operations_append(Operations *self, PyObject *arguments)
{
    PyObject *op = Py_None, *operands = NULL;
    if (!PyArg_ParseTuple(arguments, "|OO", &op, &operands))
        return NULL;
    int32_t none, *x = operands ? read_positions(self, operands) : &none;
    int64_t number = x ? op_number(self, op) : -1, found = -1;
    if (number >= 0)
        found = append_operation(self, (uint32_t)number, x,
                                 operands ? (uint32_t)PyTuple_GET_SIZE(operands) : 0);
    if (operands)
        PyMem_Free(x);
    return found < 0 ? NULL : PyLong_FromLongLong(found);
}

PyDoc_STRVAR(operation_doc, "The position of `op` applied to `operands`, after simplification.");

static PyObject *operations_operation(Operations *self, PyObject *arguments)
{
    PyObject *op, *operands;
    if (!PyArg_ParseTuple(arguments, "OO", &op, &operands))
        return NULL;
    int32_t *x = read_positions(self, operands);
    int64_t number = x ? op_number(self, op) : -1, found = -1;
    if (number >= 0)
        found = find_operation(self, (uint32_t)number, x, (uint32_t)PyTuple_GET_SIZE(operands));
    PyMem_Free(x);
    return found < 0 ? NULL : PyLong_FromLongLong(found);
}

PyDoc_STRVAR(replace_doc, "Put another operation at a position; None with no operands for none.");

static PyObject *operations_replace(Operations *self, PyObject *arguments)
{
    PyObject *given, *op, *operands;
    if (!PyArg_ParseTuple(arguments, "OOO", &given, &op, &operands))
        return NULL;
    int64_t position = as_position(self, given);
    int32_t *x = position < 0 ? NULL : read_positions(self, operands);
    int64_t number = x ? op_number(self, op) : -1;
    int failed = number < 0 || fill_entry(self, &self->entries[position], (uint32_t)number, x,
                                          (uint32_t)PyTuple_GET_SIZE(operands)) < 0;
    PyMem_Free(x);
    return failed ? NULL : Py_NewRef(Py_None);
}

/* The new position of each operation, to be freed: the inverse of an order. */
static int32_t *inverse_of(const Operations *self, PyObject *order)
{
    int32_t *place = PyMem_Malloc((self->count + 1) * sizeof *place);
    if (!place)
        return (int32_t *)PyErr_NoMemory();
    memset(place, -1, self->count * sizeof *place);
    int known = PyList_CheckExact(order) && (size_t)PyList_GET_SIZE(order) == self->count;
    for (size_t i = 0; known && i < self->count; i++) {
        int64_t old = as_position(self, PyList_GET_ITEM(order, i));
        known = old >= 0 && place[old] < 0;
        if (known)
            place[old] = (int32_t)i;
    }
    if (known)
        return place;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "an order is a list with each position once");
    PyMem_Free(place);
    return NULL;
}

/* The constants at their new positions; NULL with an error set. */
static PyObject *moved_constants(Operations *self, const int32_t *place)
{
    PyObject *moved = PyDict_New(), *position, *number;
    Py_ssize_t at = 0;
    while (moved && PyDict_Next(self->constants, &at, &position, &number)) {
        int64_t old = as_position(self, position);
        PyObject *new = old < 0 ? NULL : PyLong_FromLong(place[old]);
        if (!new || PyDict_SetItem(moved, new, number) < 0)
            Py_CLEAR(moved);
        Py_XDECREF(new);
    }
    return moved;
}

PyDoc_STRVAR(reorder_doc, "Number all operations anew: by position where each stood before.");

static PyObject *operations_reorder(Operations *self, PyObject *order)
{
    int32_t *place = inverse_of(self, order);
    PyObject *constants = place ? moved_constants(self, place) : NULL;
    Entry *entries = constants ? PyMem_Malloc((self->count + 1) * sizeof *entries) : NULL;
    if (!entries) {
        Py_XDECREF(constants);
        PyMem_Free(place);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    for (size_t old = 0; old < self->count; old++) {
        Entry *entry = &entries[place[old]];
        *entry = self->entries[old];
        int32_t *x = entry->count <= 2 ? entry->at.two : self->pool + entry->at.start;
        for (uint32_t i = 0; i < entry->count; i++)
            x[i] = place[x[i]];
    }
    memcpy(self->entries, entries, self->count * sizeof *entries);
    PyMem_Free(entries), PyMem_Free(place);
    Py_SETREF(self->constants, constants);
    /* What was found before stands elsewhere. */
    memset(self->slots, 0, self->slot_count * sizeof *self->slots);
    memset(self->first, 0, self->count * sizeof *self->first);
    self->used = self->alias_count = 0;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(count_ops_doc, "How often each op is there; None at what is no operation.");

static PyObject *operations_count_ops(Operations *self, PyObject *nothing)
{
    Py_ssize_t size = PyList_GET_SIZE(self->ops);
    size_t *counts = PyMem_Calloc((size_t)size, sizeof *counts);
    if (!counts)
        return PyErr_NoMemory();
    for (size_t i = 0; i < self->count; i++)
        counts[self->entries[i].op]++;
    PyObject *found = PyDict_New();
    for (Py_ssize_t number = 0; found && number < size; number++) {
        PyObject *count = counts[number] ? PyLong_FromSize_t(counts[number]) : NULL;
        if (count && PyDict_SetItem(found, PyList_GET_ITEM(self->ops, number), count) < 0)
            Py_CLEAR(found);
        Py_XDECREF(count);
        if (PyErr_Occurred())
            Py_CLEAR(found);
    }
    PyMem_Free(counts);
    return found;
}

PyDoc_STRVAR(simplified_doc, "The position of an operation that was not asked for before.");

static PyMethodDef operations_methods[] = {
    {"append", (PyCFunction)operations_append, METH_VARARGS, append_operation_doc},
    {"operation", (PyCFunction)operations_operation, METH_VARARGS, operation_doc},
    {"replace", (PyCFunction)operations_replace, METH_VARARGS, replace_doc},
    {"reorder", (PyCFunction)operations_reorder, METH_O, reorder_doc},
    {"count_ops", (PyCFunction)operations_count_ops, METH_NOARGS, count_ops_doc},
    {"simplified", (PyCFunction)operations_append, METH_VARARGS, simplified_doc},
    {NULL, NULL, 0, NULL},
};

/* The ops or the operands of operations, as a sequence. */
typedef struct {
    PyObject_HEAD
    Operations *of;
    int operands;
} View;

static PyTypeObject ViewType;

static PyObject *view_of(Operations *self, void *operands)
{
    View *view = PyObject_GC_New(View, &ViewType);
    if (!view)
        return NULL;
    view->of = (Operations *)Py_NewRef(self);
    view->operands = operands != NULL;
    PyObject_GC_Track(view);
    return (PyObject *)view;
}

static void view_dealloc(View *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->of);
    PyObject_GC_Del(self);
}

static int view_traverse(View *self, visitproc visit, void *arg)
{
    Py_VISIT(self->of);
    return 0;
}

static Py_ssize_t view_length(View *self) { return (Py_ssize_t)self->of->count; }

static PyObject *view_item(View *self, Py_ssize_t i)
{
    if (i < 0 || (size_t)i >= self->of->count)
        return PyErr_Format(PyExc_IndexError, "there is no operation at this position");
    const Entry *entry = &self->of->entries[i];
    if (self->operands)
        return as_tuple(operands_at(self->of, entry), entry->count);
    return Py_NewRef(PyList_GET_ITEM(self->of->ops, entry->op));
}

PyDoc_STRVAR(count_doc, "How often an op is there, or None.");

static PyObject *view_count(View *self, PyObject *op)
{
    PyObject *known = PyDict_GetItemWithError(self->of->numbers, op);
    size_t found = 0;
    uint32_t number = known ? (uint32_t)PyLong_AsLong(known) : 0;
    for (size_t i = 0; known && i < self->of->count; i++)
        found += self->of->entries[i].op == number;
    return PyErr_Occurred() ? NULL : PyLong_FromSize_t(found);
}

static PySequenceMethods view_as_sequence = {
    .sq_length = (lenfunc)view_length,
    .sq_item = (ssizeargfunc)view_item,
};

static PyMethodDef view_methods[] = {
    {"count", (PyCFunction)view_count, METH_O, count_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject ViewType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.View",
    .tp_basicsize = sizeof(View),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The ops or the operands of operations, by position.",
    .tp_dealloc = (destructor)view_dealloc,
    .tp_traverse = (traverseproc)view_traverse,
    .tp_as_sequence = &view_as_sequence,
    .tp_methods = view_methods,
};

static PyObject *operations_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    Operations *self = (Operations *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->outer = Py_NewRef(Py_None);
    self->constants = PyDict_New();
    self->ops = PyList_New(0);
    self->numbers = PyDict_New();
    self->slot_count = 64;
    self->slots = PyMem_Calloc(self->slot_count, sizeof *self->slots);
    if (!self->slots)
        PyErr_NoMemory();
    if (!self->constants || !self->ops || !self->numbers || !self->slots ||
        op_number(self, Py_None) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int operations_init(Operations *self, PyObject *arguments, PyObject *options)
{
    PyObject *outer = Py_None;
    if (!PyArg_ParseTuple(arguments, "|O", &outer))
        return -1;
    Py_XSETREF(self->outer, Py_NewRef(outer));
    return 0;
}

static int operations_traverse(Operations *self, visitproc visit, void *arg)
{
    Py_VISIT(self->outer);
    Py_VISIT(self->constants);
    Py_VISIT(self->ops);
    Py_VISIT(self->numbers);
    return 0;
}

/* What it is read by stays, so that whoever has it after a collection finds it empty at worst. */
static int operations_clear(Operations *self)
{
    Py_XSETREF(self->outer, Py_NewRef(Py_None));
    return 0;
}

static void operations_dealloc(Operations *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->outer), Py_XDECREF(self->constants);
    Py_XDECREF(self->ops), Py_XDECREF(self->numbers);
    PyMem_Free(self->kinds), PyMem_Free(self->entries), PyMem_Free(self->aliases);
    PyMem_Free(self->pool), PyMem_Free(self->slots), PyMem_Free(self->first);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMemberDef operations_members[] = {
    {"outer", T_OBJECT, offsetof(Operations, outer), READONLY, NULL},
    {"constants", T_OBJECT, offsetof(Operations, constants), READONLY, NULL},
    {NULL},
};

static PyGetSetDef operations_attributes[] = {
    {"ops", (getter)view_of, NULL, "The op of each, None at inputs and constants.", NULL},
    {"operands", (getter)view_of, NULL, "The positions of the operands of each.", ""},
    {NULL},
};

static PyTypeObject OperationsType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Operations",
    .tp_basicsize = sizeof(Operations),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Operations by position, operands before results.",
    .tp_new = operations_new,
    .tp_init = (initproc)operations_init,
    .tp_dealloc = (destructor)operations_dealloc,
    .tp_traverse = (traverseproc)operations_traverse,
    .tp_clear = (inquiry)operations_clear,
    .tp_members = operations_members,
    .tp_getset = operations_attributes,
    .tp_methods = operations_methods,
};
