/* Walks over a listing: what is needed of it, what waits for what, and its order. A part of
   _native.c; the definitions are mark_operands() in compiler/ir/needed.py, and order_of() and
   waits_for() in operations.py. */

/* Read a listing and a range of its positions: 0 where Python has to do it. */
static int read_range(PyObject *const *given, Operations **listing, size_t *start, size_t *stop)
{
    if (!PyObject_TypeCheck(given[0], &OperationsType) || !PyLong_Check(given[1]) ||
        !PyLong_Check(given[2]))
        return 0;
    *listing = (Operations *)given[0];
    *start = PyLong_AsSize_t(given[1]);
    *stop = PyLong_AsSize_t(given[2]);
    if (PyErr_Occurred() || *stop > (*listing)->count || *start > *stop) {
        PyErr_Clear();
        return 0;
    }
    return 1;
}

static PyObject *try_mark_operands(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Operations *listing;
    size_t start, stop;
    if (count != 4 || names || !read_range(given, &listing, &start, &stop) ||
        !PyByteArray_CheckExact(given[3]) ||
        (size_t)PyByteArray_GET_SIZE(given[3]) != listing->count)
        return NULL;
    char *found = PyByteArray_AS_STRING(given[3]);
    for (size_t i = stop; i-- > start;) {
        const Entry *entry = &listing->entries[i];
        const int32_t *x = operands_at(listing, entry);
        if (!found[i] || !entry->op)
            continue;
        for (uint32_t k = 0; k < entry->count; k++)
            found[x[k]] = 1;
    }
    Py_RETURN_NONE;
}

/* Whether every operation stands after its operands. */
static int is_in_order(const Operations *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        const Entry *entry = &listing->entries[i];
        const int32_t *x = operands_at(listing, entry);
        for (uint32_t k = 0; entry->op && k < entry->count; k++)
            if ((size_t)x[k] >= i)
                return 0;
    }
    return 1;
}

typedef struct {
    uint32_t position, next; /* an operation, and the next of its operands to look at */
} Visit;

/* Put an operation in the order, after those of its operands that are not there yet. */
static int put_in_order(const Operations *listing, uint32_t first, char *seen, Visit *stack,
                        PyObject *order)
{
    size_t depth = 0;
    if (seen[first])
        return 0;
    seen[first] = 1;
    stack[depth++] = (Visit){first, 0};
    while (depth) {
        Visit *top = &stack[depth - 1];
        const Entry *entry = &listing->entries[top->position];
        const int32_t *x = operands_at(listing, entry);
        uint32_t count = entry->op ? entry->count : 0;
        while (top->next < count && seen[x[top->next]])
            top->next++;
        if (top->next < count) {
            uint32_t operand = (uint32_t)x[top->next++];
            seen[operand] = 1;
            stack[depth++] = (Visit){operand, 0};
            continue;
        }
        PyObject *position = PyLong_FromUnsignedLong(top->position);
        int result = position ? PyList_Append(order, position) : -1;
        Py_XDECREF(position);
        if (result < 0)
            return -1;
        depth--;
    }
    return 0;
}

static PyObject *try_order_of(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyObject_TypeCheck(given[0], &OperationsType))
        return NULL;
    Operations *listing = (Operations *)given[0];
    if (is_in_order(listing))
        Py_RETURN_NONE;
    char *seen = PyMem_Calloc(listing->count + 1, 1);
    Visit *stack = PyMem_Malloc((listing->count + 1) * sizeof *stack);
    PyObject *order = PyList_New(0);
    if (!seen || !stack) {
        PyErr_NoMemory();
        Py_CLEAR(order);
    }
    for (size_t i = 0; order && i < listing->count; i++)
        if (put_in_order(listing, (uint32_t)i, seen, stack, order) < 0)
            Py_CLEAR(order);
    PyMem_Free(seen);
    PyMem_Free(stack);
    return order;
}

static PyObject *try_waits_for(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 3 || names || !PyObject_TypeCheck(given[0], &OperationsType))
        return NULL;
    const Operations *listing = (Operations *)given[0];
    int64_t first = as_position(listing, given[1]), other = as_position(listing, given[2]);
    if (first < 0 || other < 0)
        return NULL;
    char *seen = PyMem_Calloc(listing->count + 1, 1);
    uint32_t *stack = PyMem_Malloc((listing->count + 1) * sizeof *stack);
    int found = seen && stack ? 0 : -1;
    size_t depth = 0;
    if (found == 0)
        stack[depth++] = (uint32_t)first;
    while (depth && !found) {
        const Entry *entry = &listing->entries[stack[--depth]];
        const int32_t *x = operands_at(listing, entry);
        for (uint32_t k = 0; entry->op && k < entry->count; k++) {
            found |= x[k] == other;
            if (!seen[x[k]]) {
                seen[x[k]] = 1;
                stack[depth++] = (uint32_t)x[k];
            }
        }
    }
    PyMem_Free(seen);
    PyMem_Free(stack);
    return found < 0 ? PyErr_NoMemory() : PyBool_FromLong(found);
}
