/* Blocks: what is done to many nodes in one call while a function is recorded. A part of _native.c;
   the definitions are record_nodes() and traced_leaves() in compiler/tracing/traced.py, outlive_all()
   in tape.py, fresh_leaves() and tie() in transforms/tracing.py, and numbers_of(), own_nodes()
   and shared_nodes() in samples.py. */

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

static PyObject *try_record_nodes(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    Place place = {0, 0};
    if (count != 3 || names || !PyList_CheckExact(given[1]) || !PyList_CheckExact(given[2]) ||
        PyList_GET_SIZE(given[1]) != PyList_GET_SIZE(given[2]) ||
        !look_around(TRACED_NODE, &around))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(given[1]);
    for (Py_ssize_t i = 0; i < size; i++)
        if (!are_traced(PyList_GET_ITEM(given[1], i)) ||
            !PyFloat_CheckExact(PyList_GET_ITEM(given[2], i)))
            return NULL;
    PyObject *found = PyList_New(size);
    Py_XINCREF(around.note);
    Py_INCREF(around.tape);
    for (Py_ssize_t i = 0; found && i < size && i < PyList_GET_SIZE(given[1]); i++) {
        PyObject *row = Py_NewRef(PyList_GET_ITEM(given[1], i));
        Node *node = begin_node(&around, PyFloat_AS_DOUBLE(PyList_GET_ITEM(given[2], i)), 0);
        if (node && record_tuple(node, given[0], row, NULL) < 0)
            Py_CLEAR(node);
        PyObject *made = node ? put_in_block(around.tape, node, &place, i == 0) : NULL;
        Py_DECREF(row);
        if (made)
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(around.note);
    Py_DECREF(around.tape);
    return found;
}

/* The note of a leaf that has a label and nothing else. */
static PyObject *note_of(PyObject *label)
{
    return named_tuple(note_class, 3, label, Py_None, Py_False);
}

static PyObject *try_traced_leaves(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !note_class || !PyList_CheckExact(given[0]) ||
        !PyList_CheckExact(given[1]) || PyList_GET_SIZE(given[0]) != PyList_GET_SIZE(given[1]))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(given[0]);
    for (Py_ssize_t i = 0; i < size; i++)
        if (!PyFloat_CheckExact(PyList_GET_ITEM(given[0], i)) ||
            !PyUnicode_CheckExact(PyList_GET_ITEM(given[1], i)))
            return NULL;
    PyObject *found = PyList_New(size);
    for (Py_ssize_t i = 0; found && i < size; i++) {
        PyObject *label = PyList_GET_ITEM(given[1], i);
        Node *node = new_node(traced_type);
        if (node) {
            node->data = PyFloat_AS_DOUBLE(PyList_GET_ITEM(given[0], i));
            node->time = ++now;
        }
        if (node && PyUnicode_GET_LENGTH(label) && !(node->note = note_of(label)))
            Py_CLEAR(node);
        if (node)
            PyList_SET_ITEM(found, i, (PyObject *)node);
        else
            Py_CLEAR(found);
    }
    return found;
}

static PyObject *try_fresh_leaves(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    Place place = {0, 0};
    if (count != 1 || names || !PyList_CheckExact(given[0]) || !IS_KNOWN(ROW_identity) ||
        !look_around(TRACED_NODE, &around))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(given[0]);
    for (Py_ssize_t i = 0; i < size; i++)
        if (!Py_IS_TYPE(PyList_GET_ITEM(given[0], i), traced_type))
            return NULL;
    PyObject *found = PyList_New(size);
    Py_XINCREF(around.note);
    Py_INCREF(around.tape);
    for (Py_ssize_t i = 0; found && i < size && i < PyList_GET_SIZE(given[0]); i++) {
        Node *node = begin_node(&around, ((Node *)PyList_GET_ITEM(given[0], i))->data, 0);
        PyObject *made = node ? put_in_block(around.tape, node, &place, i == 0) : NULL;
        if (made)
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(around.note);
    Py_DECREF(around.tape);
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

static PyObject *try_tie(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyList_CheckExact(given[0]) || !PyList_CheckExact(given[1]) ||
        PyList_GET_SIZE(given[0]) != PyList_GET_SIZE(given[1]) || !IS_KNOWN(ROW_identity))
        return NULL;
    PyObject *identity = op_of_row[ROW_identity];
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[0]); i++)
        if (!may_tie(PyList_GET_ITEM(given[0], i), PyList_GET_ITEM(given[1], i)))
            return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[0]); i++) {
        PyObject *leaf = PyList_GET_ITEM(given[0], i), *to = PyList_GET_ITEM(given[1], i);
        if (leaf == to || !IS_NODE(to))
            continue;
        Operand x = {to, ((Node *)to)->data};
        if (assign_record((Node *)leaf, identity, &x, 1) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
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
        Py_SET_TYPE(node, outlived_type);
        Py_DECREF(traced_type);
    }
    Py_RETURN_NONE;
}

static PyObject *try_numbers_of(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyList_CheckExact(given[0]))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(given[0]);
    PyObject *found = PyList_New(size);
    for (Py_ssize_t i = 0; found && i < size; i++) {
        PyObject *x = PyList_GET_ITEM(given[0], i), *number = NULL;
        if (IS_NODE(x))
            number = PyFloat_FromDouble(((Node *)x)->data);
        else if (PyFloat_CheckExact(x))
            number = Py_NewRef(x);
        if (number)
            PyList_SET_ITEM(found, i, number);
        else
            Py_CLEAR(found);
    }
    return found;
}

/* Number the nodes among these things; 1 if Python has to do it. */
static int number_nodes(Graph *graph, PyObject *things)
{
    if (!PyList_CheckExact(things) && !PyTuple_CheckExact(things))
        return 1;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(things); i++) {
        PyObject *x = PySequence_Fast_GET_ITEM(things, i);
        if (IS_NODE(x) && number_of(graph, (Node *)x) == NONE && graph_add(graph, (Node *)x) < 0)
            return -1;
    }
    return 0;
}

/* Note a node from outside that a gradient can flow to; 1 if Python has to say whether it can. */
static int note_shared(const Graph *graph, PyObject *x, PyObject *shared)
{
    if (!x || !IS_NODE(x) || Py_IS_TYPE(x, constant_type) || number_of(graph, (Node *)x) != NONE)
        return 0;
    if (!is_usual(Py_TYPE(x)) && !Py_IS_TYPE(x, traced_type) && !Py_IS_TYPE(x, outlived_type))
        return 1;
    return PyDict_SetItem(shared, x, Py_None);
}

/* Note the nodes from outside that a sample uses; 1 if Python has to do it. */
static int note_of_sample(Graph *graph, PyObject *sample, PyObject *shared)
{
    if (!PyTuple_Check(sample) || PyTuple_GET_SIZE(sample) != 3)
        return 1;
    PyObject *tape = PyTuple_GET_ITEM(sample, 0), *outputs = PyTuple_GET_ITEM(sample, 2);
    graph_reset(graph);
    ++passes_begun;
    int result = number_nodes(graph, tape);
    if (result == 0)
        result = number_nodes(graph, PyTuple_GET_ITEM(sample, 1));
    if (result == 0 && !PyList_CheckExact(outputs) && !PyTuple_CheckExact(outputs))
        result = 1;
    for (Py_ssize_t k = 0; result == 0 && k < PySequence_Fast_GET_SIZE(tape); k++) {
        PyObject *node = PySequence_Fast_GET_ITEM(tape, k);
        for (uint32_t i = 0; result == 0 && i < (IS_NODE(node) ? count_of((Node *)node) : 0); i++)
            result = note_shared(graph, operands_of((Node *)node)[i].node, shared);
    }
    for (Py_ssize_t k = 0; result == 0 && k < PySequence_Fast_GET_SIZE(outputs); k++)
        result = note_shared(graph, PySequence_Fast_GET_ITEM(outputs, k), shared);
    return result;
}

static PyObject *try_shared_nodes(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyList_CheckExact(given[0]))
        return NULL;
    Graph graph = graph_new();
    PyObject *shared = PyDict_New();
    int result = shared ? 0 : -1;
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(given[0]); i++)
        result = note_of_sample(&graph, PyList_GET_ITEM(given[0], i), shared);
    graph_free(&graph);
    if (result)
        Py_CLEAR(shared);
    return shared;
}

/* Number the nodes inside of a batch or scan; 1 if Python has to do it. */
static int number_inside(Graph *graph, PyObject *op)
{
    PyObject *batch = PyObject_GetAttrString(op, "batch");
    PyObject *samples = batch ? PyObject_GetAttrString(batch, "samples") : NULL;
    int result = samples ? !PyList_CheckExact(samples) : -1;
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(samples); i++) {
        PyObject *sample = PyList_GET_ITEM(samples, i);
        result = !PyTuple_Check(sample) || PyTuple_GET_SIZE(sample) != 3;
        for (int part = 0; result == 0 && part < 2; part++)
            result = number_nodes(graph, PyTuple_GET_ITEM(sample, part));
    }
    Py_XDECREF(batch), Py_XDECREF(samples);
    return result;
}

static PyObject *try_own_nodes(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyList_CheckExact(given[0]) || !inner_class)
        return NULL;
    Graph graph = graph_new();
    graph_reset(&graph);
    ++passes_begun;
    int result = 0;
    for (Py_ssize_t k = 0; result == 0 && k < PyList_GET_SIZE(given[0]); k++) {
        PyObject *node = PyList_GET_ITEM(given[0], k);
        PyObject *op = IS_NODE(node) ? op_of((Node *)node) : NULL;
        if (!IS_NODE(node))
            result = 1;
        else if (op && PyObject_TypeCheck(op, (PyTypeObject *)inner_class))
            result = number_inside(&graph, op);
    }
    PyObject *found = result == 0 ? PyList_New(0) : NULL;
    for (Py_ssize_t k = 0; found && k < PyList_GET_SIZE(given[0]); k++) {
        PyObject *node = PyList_GET_ITEM(given[0], k);
        if (op_of((Node *)node) && number_of(&graph, (Node *)node) == NONE &&
            PyList_Append(found, node) < 0)
            Py_CLEAR(found);
    }
    graph_free(&graph);
    return found;
}
