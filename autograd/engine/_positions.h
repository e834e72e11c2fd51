/* Positions: where the nodes of a tape stand in a listing of the compiler. A part of _native.c; the
   definition is compiler/ir/operations.py. */

/* Those of the nodes of one tape are in an array, by their places there; others are in a dict. */
typedef struct {
    PyObject_HEAD
    PyObject *others, *tape;
    uint64_t first;
    size_t room;
    int32_t *at; /* -1 for none */
} Positions;

/* Where the position of a node is in the array, NULL if it is not for it. */
static inline int32_t *place_among(const Positions *self, PyObject *x)
{
    const Node *node = (Node *)x;
    if (!self->tape || node->gradient_kind != PLACE || node->gradient.object != self->tape ||
        node->time < self->first || node->time - self->first >= self->room)
        return NULL;
    return &self->at[node->time - self->first];
}

/* The position of a node; -1 if it has none, -2 with an error set. */
static inline int64_t get_position(const Positions *self, PyObject *x)
{
    const int32_t *place = IS_NODE(x) ? place_among(self, x) : NULL;
    if (place && *place >= 0)
        return *place;
    if (!IS_NODE(x))
        return -1;
    PyObject *found = PyDict_GetItemWithError(self->others, x);
    if (found)
        return PyLong_AsLongLong(found);
    return PyErr_Occurred() ? -2 : -1;
}

static int set_position(Positions *self, PyObject *x, int64_t position)
{
    int32_t *place = IS_NODE(x) ? place_among(self, x) : NULL;
    if (place) {
        *place = (int32_t)position;
        return 0;
    }
    PyObject *given = PyLong_FromLongLong(position);
    int result = given ? PyDict_SetItem(self->others, x, given) : -1;
    Py_XDECREF(given);
    return result;
}

/* From now on the nodes of this list, which were taken from a tape in order, have an array. */
static int expect_nodes(Positions *self, PyObject *tape)
{
    Py_ssize_t count = PyList_GET_SIZE(tape);
    Node *first = count ? (Node *)PyList_GET_ITEM(tape, 0) : NULL;
    if (self->tape || !first || !IS_NODE(first) || first->gradient_kind != PLACE)
        return 0;
    self->at = PyMem_Malloc(count * sizeof *self->at);
    if (!self->at) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->at, -1, count * sizeof *self->at);
    self->room = (size_t)count;
    self->first = first->time;
    self->tape = Py_NewRef(first->gradient.object);
    return 0;
}

PyDoc_STRVAR(get_doc, "get(node, default=None): its position, or the default.");

static PyObject *positions_get(Positions *self, PyObject *arguments)
{
    PyObject *x, *otherwise = Py_None;
    if (!PyArg_ParseTuple(arguments, "O|O", &x, &otherwise))
        return NULL;
    int64_t found = get_position(self, x);
    return found >= 0    ? PyLong_FromLongLong(found)
           : found == -1 ? Py_NewRef(otherwise)
                         : NULL;
}

static PyObject *positions_subscript(Positions *self, PyObject *x)
{
    int64_t found = get_position(self, x);
    if (found == -1)
        PyErr_SetObject(PyExc_KeyError, x);
    return found < 0 ? NULL : PyLong_FromLongLong(found);
}

static int positions_assign(Positions *self, PyObject *x, PyObject *given)
{
    int64_t position = given ? PyLong_AsLongLong(given) : -1;
    if (!PyErr_Occurred() && (position < 0 || position > MOST_POSITIONS))
        PyErr_SetString(PyExc_ValueError, "a position is a whole number from 0 on");
    return PyErr_Occurred() ? -1 : set_position(self, x, position);
}

static int positions_contain(Positions *self, PyObject *x)
{
    int64_t found = get_position(self, x);
    return found == -2 ? -1 : found >= 0;
}

static PyObject *positions_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    Positions *self = (Positions *)type->tp_alloc(type, 0);
    if (self && !(self->others = PyDict_New()))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int positions_traverse(Positions *self, visitproc visit, void *arg)
{
    Py_VISIT(self->others);
    Py_VISIT(self->tape);
    return 0;
}

static int positions_clear(Positions *self)
{
    if (self->others)
        PyDict_Clear(self->others);
    return 0;
}

static void positions_dealloc(Positions *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->others), Py_XDECREF(self->tape);
    PyMem_Free(self->at);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMappingMethods positions_as_mapping = {
    .mp_subscript = (binaryfunc)positions_subscript,
    .mp_ass_subscript = (objobjargproc)positions_assign,
};

static PySequenceMethods positions_as_sequence = {.sq_contains = (objobjproc)positions_contain};

static PyMethodDef positions_methods[] = {
    {"get", (PyCFunction)positions_get, METH_VARARGS, get_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject PositionsType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Positions",
    .tp_basicsize = sizeof(Positions),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The positions of nodes.",
    .tp_new = positions_new,
    .tp_dealloc = (destructor)positions_dealloc,
    .tp_traverse = (traverseproc)positions_traverse,
    .tp_clear = (inquiry)positions_clear,
    .tp_as_mapping = &positions_as_mapping,
    .tp_as_sequence = &positions_as_sequence,
    .tp_methods = positions_methods,
};
