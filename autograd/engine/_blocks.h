/* Blocks: what is done to many nodes in one call while a function is recorded. A part of
   _native.c; the definitions are record_nodes() and traced_leaves() in compiler/tracing/traced.py,
   outlive_all() in outlived.py, and fresh_leaves() and tie() in transforms/tracing.py. */

static PyObject *note_class;

/* A named tuple of so many items, which its class is not asked to check. */
static PyObject *named_tuple(PyObject *class, Py_ssize_t count, ...)
{
    PyTypeObject *type = (PyTypeObject *)class;
    PyObject *found = type->tp_alloc(type, count);
    va_list items;
    va_start(items, count);
    for (Py_ssize_t i = 0; found && i < count; i++)
        PyTuple_SET_ITEM(found, i, Py_NewRef(va_arg(items, PyObject *)));
    va_end(items);
    return found;
}

/* Put a new node on the tape: the first one of a block learns its place from the running code, the
   others have the same. Takes the reference, and gives it back; NULL with an error set. */
static PyObject *put_in_block(Tape *tape, Node *node, Place *place, int is_first)
{
    if (is_first) {
        if (!tape_record(tape, node))
            return NULL;
        *place = tape->made[tape->count - 1].place;
    } else if (tape_put(tape, node, *place) < 0) {
        Py_DECREF(node);
        return NULL;
    }
    return (PyObject *)node;
}

/* Whether operands are traced nodes and numbers, of which nobody but the tape has to be told. */
static int are_traced(PyObject *operands)
{
    if (!PyTuple_CheckExact(operands))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(operands); i++) {
        PyTypeObject *type = Py_TYPE(PyTuple_GET_ITEM(operands, i));
        if (type != traced_type && type != constant_type && type != &PyFloat_Type)
            return 0;
    }
    return 1;
}

/* Whether there are operands of traced nodes and numbers in each row, and a number for each. */
static int are_rows(PyObject *rows, PyObject *numbers)
{
    if (PyTuple_GET_SIZE(rows) != PyTuple_GET_SIZE(numbers))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(rows); i++)
        if (!are_traced(PyTuple_GET_ITEM(rows, i)) ||
            !PyFloat_CheckExact(PyTuple_GET_ITEM(numbers, i)))
            return 0;
    return 1;
}

static PyObject *record_rows(Around *around, PyObject *op, PyObject *rows, PyObject *numbers)
{
    Place place = {0, 0};
    Py_ssize_t size = PyTuple_GET_SIZE(rows);
    PyObject *found = PyList_New(size);
    Py_XINCREF(around->note);
    Py_INCREF(around->tape);
    for (Py_ssize_t i = 0; found && i < size; i++) {
        Node *node = begin_node(around, PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(numbers, i)), 0);
        if (node && record_tuple(node, op, PyTuple_GET_ITEM(rows, i), NULL) < 0)
            Py_CLEAR(node);
        PyObject *made = node ? put_in_block(around->tape, node, &place, i == 0) : NULL;
        if (made)
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(around->note);
    Py_DECREF(around->tape);
    return found;
}

static PyObject *try_record_nodes(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    if (count != 3 || names || !PyList_CheckExact(given[1]) || !PyList_CheckExact(given[2]) ||
        !look_around(TRACED_NODE, &around))
        return NULL;
    PyObject *rows = what_is_in(given[1]), *numbers = rows ? what_is_in(given[2]) : NULL;
    int known = numbers && are_rows(rows, numbers);
    PyObject *found = known ? record_rows(&around, given[0], rows, numbers) : NULL;
    Py_XDECREF(rows), Py_XDECREF(numbers);
    return found;
}

/* The note of a leaf that has a label and nothing else. */
static PyObject *note_of(PyObject *label)
{
    return named_tuple(note_class, 3, label, Py_None, Py_False);
}

/* Whether these are floats, and a text for each. */
static int are_labelled(PyObject *numbers, PyObject *labels)
{
    if (PyTuple_GET_SIZE(numbers) != PyTuple_GET_SIZE(labels))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++)
        if (!PyFloat_CheckExact(PyTuple_GET_ITEM(numbers, i)) ||
            !PyUnicode_CheckExact(PyTuple_GET_ITEM(labels, i)))
            return 0;
    return 1;
}

static PyObject *traced_leaf(PyObject *number, PyObject *label)
{
    Node *node = new_node(traced_type);
    if (node) {
        node->data = PyFloat_AS_DOUBLE(number);
        node->time = ++now;
    }
    if (node && PyUnicode_GET_LENGTH(label) && !(node->note = note_of(label)))
        Py_CLEAR(node);
    return (PyObject *)node;
}

static PyObject *try_traced_leaves(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !note_class || !PyList_CheckExact(given[0]) ||
        !PyList_CheckExact(given[1]))
        return NULL;
    PyObject *numbers = what_is_in(given[0]), *labels = numbers ? what_is_in(given[1]) : NULL;
    int known = labels && are_labelled(numbers, labels);
    PyObject *found = known ? PyList_New(PyTuple_GET_SIZE(numbers)) : NULL;
    for (Py_ssize_t i = 0; found && i < PyTuple_GET_SIZE(numbers); i++) {
        PyObject *leaf = traced_leaf(PyTuple_GET_ITEM(numbers, i), PyTuple_GET_ITEM(labels, i));
        if (leaf)
            PyList_SET_ITEM(found, i, leaf);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(numbers), Py_XDECREF(labels);
    return found;
}

static int are_traced_nodes(PyObject *nodes)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(nodes); i++)
        if (!Py_IS_TYPE(PyTuple_GET_ITEM(nodes, i), traced_type))
            return 0;
    return 1;
}

static PyObject *leaves_for(Around *around, PyObject *nodes)
{
    Place place = {0, 0};
    Py_ssize_t size = PyTuple_GET_SIZE(nodes);
    PyObject *found = PyList_New(size);
    Py_XINCREF(around->note);
    Py_INCREF(around->tape);
    for (Py_ssize_t i = 0; found && i < size; i++) {
        Node *node = begin_node(around, ((Node *)PyTuple_GET_ITEM(nodes, i))->data, 0);
        PyObject *made = node ? put_in_block(around->tape, node, &place, i == 0) : NULL;
        if (made)
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(around->note);
    Py_DECREF(around->tape);
    return found;
}

static PyObject *try_fresh_leaves(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    if (count != 1 || names || !PyList_CheckExact(given[0]) || !IS_KNOWN(ROW_identity) ||
        !look_around(TRACED_NODE, &around))
        return NULL;
    PyObject *nodes = what_is_in(given[0]);
    PyObject *found = nodes && are_traced_nodes(nodes) ? leaves_for(&around, nodes) : NULL;
    Py_XDECREF(nodes);
    return found;
}

/* Whether a leaf can be tied to what it stands for here, or there is nothing to tie. */
static int may_tie(PyObject *leaf, PyObject *to)
{
    if (leaf == to || !IS_NODE(to))
        return 1;
    return (is_usual(Py_TYPE(to)) || Py_IS_TYPE(to, traced_type)) &&
           (is_usual(Py_TYPE(leaf)) || Py_IS_TYPE(leaf, traced_type));
}

/* Tie each leaf to what it stands for: 1 if that is done, 0 if Python has to do it. */
static int tie_all(PyObject *leaves, PyObject *given)
{
    PyObject *identity = op_of_row[ROW_identity];
    if (PyTuple_GET_SIZE(leaves) != PyTuple_GET_SIZE(given))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(leaves); i++)
        if (!may_tie(PyTuple_GET_ITEM(leaves, i), PyTuple_GET_ITEM(given, i)))
            return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(leaves); i++) {
        PyObject *leaf = PyTuple_GET_ITEM(leaves, i), *to = PyTuple_GET_ITEM(given, i);
        if (leaf == to || !IS_NODE(to))
            continue;
        Operand x = {to, ((Node *)to)->data};
        if (assign_record((Node *)leaf, identity, &x, 1) < 0)
            return -1;
    }
    return 1;
}

static PyObject *try_tie(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyList_CheckExact(given[0]) || !PyList_CheckExact(given[1]) ||
        !IS_KNOWN(ROW_identity))
        return NULL;
    PyObject *leaves = what_is_in(given[0]), *to = leaves ? what_is_in(given[1]) : NULL;
    int result = to ? tie_all(leaves, to) : -1;
    Py_XDECREF(leaves), Py_XDECREF(to);
    return result == 1 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *try_outlive_all(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyList_CheckExact(given[0]) || !PyTuple_CheckExact(given[1]))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(given[0]);
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *x = PyList_GET_ITEM(given[0], i);
        if (!Py_IS_TYPE(x, traced_type) || ((Node *)x)->gradient_kind >= OBJECT)
            return NULL;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        Node *node = (Node *)PyList_GET_ITEM(given[0], i);
        node->gradient.object = Py_NewRef(given[1]);
        node->gradient_kind = OBJECT;
        Py_INCREF(outlived_type);
        let_outlive((Node *)node);
        Py_DECREF(traced_type);
    }
    Py_RETURN_NONE;
}
