/* Samples: the nodes that each run of a function made, and those from outside. A part of _native.c;
   the definitions are numbers_of(), own_nodes() and shared_nodes() in transforms/samples.py. */

static PyObject *try_numbers_of(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyList_CheckExact(given[0]))
        return NULL;
    PyObject *things = what_is_in(given[0]);
    Py_ssize_t size = things ? PyTuple_GET_SIZE(things) : 0;
    PyObject *found = things ? PyList_New(size) : NULL;
    for (Py_ssize_t i = 0; found && i < size; i++) {
        PyObject *x = PyTuple_GET_ITEM(things, i), *number = NULL;
        if (IS_NODE(x))
            number = PyFloat_FromDouble(((Node *)x)->data);
        else if (PyFloat_CheckExact(x))
            number = Py_NewRef(x);
        if (number)
            PyList_SET_ITEM(found, i, number);
        else
            Py_CLEAR(found);
    }
    Py_XDECREF(things);
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

/* Append the computed nodes among these that are in no batch among them; 1 if Python has to. */
static int append_own(Graph *graph, PyObject *nodes, PyObject *found)
{
    int result = 0;
    for (Py_ssize_t k = 0; result == 0 && k < PyTuple_GET_SIZE(nodes); k++) {
        PyObject *node = PyTuple_GET_ITEM(nodes, k);
        PyObject *op = IS_NODE(node) ? op_of((Node *)node) : NULL;
        if (!IS_NODE(node))
            result = 1;
        else if (op && PyObject_TypeCheck(op, (PyTypeObject *)inner_class))
            result = number_inside(graph, op);
    }
    for (Py_ssize_t k = 0; result == 0 && k < PyTuple_GET_SIZE(nodes); k++) {
        PyObject *node = PyTuple_GET_ITEM(nodes, k);
        if (op_of((Node *)node) && number_of(graph, (Node *)node) == NONE)
            result = PyList_Append(found, node);
    }
    return result;
}

static PyObject *try_own_nodes(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !PyList_CheckExact(given[0]) || !inner_class)
        return NULL;
    Graph graph = graph_new();
    graph_reset(&graph);
    ++passes_begun;
    PyObject *nodes = what_is_in(given[0]), *found = nodes ? PyList_New(0) : NULL;
    if (!found || append_own(&graph, nodes, found))
        Py_CLEAR(found);
    graph_free(&graph);
    Py_XDECREF(nodes);
    return found;
}
