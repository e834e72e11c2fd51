/* What networks do most: the sum of a neuron, the call of a Module inside another's, and whether one
   holds what it did. A part of _native.c; the definitions are weighted_sum.py, nn/calls.py,
   nn/module.py and compiler/captured/watch.py. */

static PyObject *forward_name, *dunder_name;

/* The sum of a neuron: a node for each product, and one for their sum with the bias. */
static PyObject *try_weighted_sum(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 3 || names || !PyList_CheckExact(given[0]) || !PyList_CheckExact(given[1]) ||
        PyList_GET_SIZE(given[0]) != PyList_GET_SIZE(given[1]) || !PyList_GET_SIZE(given[0]))
        return NULL;
    PyObject *terms = PyList_New(0), *found = NULL;
    int known = terms != NULL;
    for (Py_ssize_t i = 0; known && i < PyList_GET_SIZE(given[0]); i++) {
        PyObject *x = PySequence_GetItem(given[0], i), *y = PySequence_GetItem(given[1], i);
        PyObject *product = x && y ? PyNumber_Multiply(x, y) : NULL;
        known = product && PyList_Append(terms, product) == 0;
        Py_XDECREF(x), Py_XDECREF(y), Py_XDECREF(product);
    }
    if (known && (given[2] == Py_None || PyList_Append(terms, given[2]) == 0))
        found = PyObject_CallOneArg(sum_op, terms);
    Py_XDECREF(terms);
    return found;
}

/* Where a `Call` holds what it says. The class is known when the first is met. */
enum { KIND, PATH, PARENT, NUMBER_OF_CALL, MODULE, PATHS, NUMBERS, CALL_SLOTS };
static const char *const call_slots[] = {
    "kind", "path", "parent", "number", "_module", "_paths", "_numbers",
};
static Py_ssize_t at_call[CALL_SLOTS];
static PyTypeObject *call_type;

static int is_call(PyObject *x)
{
    for (int i = 0; !call_type && i < CALL_SLOTS; i++)
        if (find_slot((PyObject *)Py_TYPE(x), call_slots[i], &at_call[i]) < 0) {
            PyErr_Clear();
            return 0;
        }
    if (!call_type)
        call_type = (PyTypeObject *)Py_NewRef(Py_TYPE(x));
    return Py_IS_TYPE(x, call_type);
}

/* ``Call(module, caller)``, for a module whose path the caller knows. */
static PyObject *new_call(PyObject *module, PyObject *caller)
{
    PyObject *paths = SLOT_AT(caller, at_call[PATHS]), *numbers = SLOT_AT(caller, at_call[NUMBERS]);
    if (!paths || !PyDict_CheckExact(paths) || !numbers || !PyDict_CheckExact(numbers))
        return NULL;
    PyObject *id = PyLong_FromVoidPtr(module), *number = NULL, *call = NULL;
    PyObject *path = id ? Py_XNewRef(PyDict_GetItemWithError(paths, id)) : NULL;
    if (path && PyObject_IsTrue(path) > 0) {
        PyObject *before = PyDict_GetItemWithError(numbers, path);
        number = PyLong_FromLong(before ? PyLong_AsLong(before) + 1 : 1);
    }
    PyObject *kind = number ? PyObject_GetAttr((PyObject *)Py_TYPE(module), dunder_name) : NULL;
    if (kind && PyDict_SetItem(numbers, path, number) == 0)
        call = call_type->tp_alloc(call_type, 0);
    if (call) {
        SLOT_AT(call, at_call[KIND]) = Py_NewRef(kind);
        SLOT_AT(call, at_call[PATH]) = Py_NewRef(path);
        SLOT_AT(call, at_call[PARENT]) = Py_NewRef(caller);
        SLOT_AT(call, at_call[NUMBER_OF_CALL]) = Py_NewRef(number);
        SLOT_AT(call, at_call[MODULE]) = Py_NewRef(module);
        SLOT_AT(call, at_call[PATHS]) = Py_NewRef(Py_None);
        SLOT_AT(call, at_call[NUMBERS]) = Py_NewRef(numbers);
    }
    Py_XDECREF(id), Py_XDECREF(path), Py_XDECREF(number), Py_XDECREF(kind);
    return call;
}

/* ``call_inside(module, caller, arguments, options)``. */
static PyObject *try_call_inside(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    PyObject *found = NULL, *forward = NULL, *type, *value, *traceback;
    if (count != 4 || names || !is_call(given[1]) || !PyTuple_CheckExact(given[2]) ||
        !PyDict_CheckExact(given[3]))
        return NULL;
    PyObject *call = new_call(given[0], given[1]);
    PyObject *before = call ? PyContextVar_Set(running, call) : NULL;
    if (before) {
        if ((forward = PyObject_GetAttr(given[0], forward_name)))
            found = PyObject_Call(forward, given[2], given[3]);
        PyErr_Fetch(&type, &value, &traceback);
        Py_XSETREF(SLOT_AT(call, at_call[MODULE]), Py_NewRef(Py_None));
        Py_XSETREF(SLOT_AT(call, at_call[PATHS]), Py_NewRef(Py_None));
        if (PyContextVar_Reset(running, before) == 0)
            PyErr_Restore(type, value, traceback);
        else {
            Py_CLEAR(found);
            Py_XDECREF(type), Py_XDECREF(value), Py_XDECREF(traceback);
        }
    }
    Py_XDECREF(forward), Py_XDECREF(before), Py_XDECREF(call);
    return found;
}

/* Whether a collection holds these objects, in order; -1 with an error. */
static int holds_items(PyObject *x, PyObject *const *items, Py_ssize_t count)
{
    Py_ssize_t at = 0, i = 0;
    PyObject *item;
    if (PyList_CheckExact(x)) {
        while (i < count && i < PyList_GET_SIZE(x) && PyList_GET_ITEM(x, i) == items[i])
            i++;
        return i == count && PyList_GET_SIZE(x) == count;
    }
    if (PyDict_CheckExact(x)) {
        if (PyDict_GET_SIZE(x) != count)
            return 0;
        while (PyDict_Next(x, &at, &item, NULL))
            if (item != items[i++])
                return 0;
        return 1;
    }
    PyObject *iterator = PyObject_GetIter(x);
    if (!iterator)
        return -1;
    while ((item = PyIter_Next(iterator))) {
        Py_DECREF(item); /* which is compared, and not looked at */
        if (i >= count || item != items[i])
            break;
        i++;
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? -1 : !item && i == count;
}

/* ``same_items(collections, sizes, items)``. */
static PyObject *try_same_items(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 3 || names || !PyList_CheckExact(given[0]) || !PyList_CheckExact(given[1]) ||
        !PyList_CheckExact(given[2]) || PyList_GET_SIZE(given[0]) != PyList_GET_SIZE(given[1]))
        return NULL;
    Py_ssize_t start = 0;
    int same = 1;
    for (Py_ssize_t i = 0; same > 0 && i < PyList_GET_SIZE(given[0]); i++) {
        Py_ssize_t size = PyLong_AsSsize_t(PyList_GET_ITEM(given[1], i));
        if (size < 0 || size > PyList_GET_SIZE(given[2]) - start)
            return NULL;
        PyObject *const *items = ((PyListObject *)given[2])->ob_item + start;
        same = holds_items(PyList_GET_ITEM(given[0], i), items, size);
        start += size;
    }
    return same < 0 ? NULL : PyBool_FromLong(same);
}
