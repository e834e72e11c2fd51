/* Trees: nested lists, tuples, dicts and arrays of numbers, part by part. A part of _native.c.
   compiler/packing.py describes a tree by rows, a node before its items; _packing.h goes through
   arguments by it, and _unpacking.h puts results into their structure. */

enum part_kind { A_NUMBER, AN_ARRAY, A_LIST, A_TUPLE, A_DICT, A_NOTHING, ANOTHER };

typedef struct {
    int kind;
    int plain;               /* a node of numbers, which have no parts of their own */
    Py_ssize_t count, start; /* how many items, or numbers, there are, and which is the first */
    PyObject *type;          /* what an argument is, or what joins the items of a result */
    PyObject *detail;        /* the keys of a dict, or the shape of an array */
    PyObject *slice;         /* of the array of results that is this part */
} Part;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *rows; /* what the parts were described by; it holds all that they refer to */
    PyObject *slices;
    Part *parts;
    Py_ssize_t size; /* how many numbers a memory has at least */
    int arrays;      /* whether results are cut from an array */
} Tree;

static int tree_traverse(Tree *self, visitproc visit, void *arg)
{
    Py_VISIT(self->rows);
    return 0;
}

/* Without its parts it packs and unpacks nothing any more. */
static int tree_clear(Tree *self)
{
    PyMem_Free(self->parts);
    self->parts = NULL;
    Py_CLEAR(self->rows);
    return 0;
}

static void tree_dealloc(Tree *self)
{
    PyObject_GC_UnTrack(self);
    tree_clear(self);
    Py_XDECREF(self->slices);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int kind_of_part(PyObject *type, int is_type)
{
    if (type == (PyObject *)&PyFloat_Type)
        return A_NUMBER;
    if (type == (PyObject *)&PyList_Type)
        return A_LIST;
    if (type == (PyObject *)&PyDict_Type)
        return A_DICT;
    if (type == (PyObject *)Py_TYPE(Py_None))
        return A_NOTHING;
    if (type == (PyObject *)&PyTuple_Type ||
        (is_type && PyType_FastSubclass((PyTypeObject *)type, Py_TPFLAGS_TUPLE_SUBCLASS)))
        return A_TUPLE;
    return is_type ? AN_ARRAY : ANOTHER;
}

static int has_numbers(const Part *part)
{
    return part->kind == A_NUMBER || part->kind == AN_ARRAY || part->plain;
}

/* Read one row: a kind, how many there are, the first of them, the keys or the shape, and whether
   a node has numbers alone. */
static int read_row(Tree *self, PyObject *row, Part *part)
{
    if (!PyArg_ParseTuple(row, "OnnOp", &part->type, &part->count, &part->start, &part->detail,
                          &part->plain))
        return -1;
    part->kind = kind_of_part(part->type, PyType_Check(part->type));
    if ((part->kind == A_DICT || part->kind == AN_ARRAY) && !PyTuple_Check(part->detail)) {
        PyErr_SetString(PyExc_TypeError, "keys and shapes are tuples");
        return -1;
    }
    if (part->count < 0 || part->start < 0 ||
        (part->kind == A_DICT && PyTuple_GET_SIZE(part->detail) != part->count)) {
        PyErr_SetString(PyExc_ValueError, "the parts of a tree do not fit together");
        return -1;
    }
    if (has_numbers(part) && part->start + part->count > self->size)
        self->size = part->start + part->count;
    if (!self->arrays || part->detail == Py_None || part->kind != A_NUMBER)
        return 0;
    PyObject *start = PyLong_FromSsize_t(part->start);
    PyObject *stop = PyLong_FromSsize_t(part->start + part->count);
    part->slice = start && stop ? PySlice_New(start, stop, NULL) : NULL;
    Py_XDECREF(start), Py_XDECREF(stop);
    int result = part->slice ? PyList_Append(self->slices, part->slice) : -1;
    Py_XDECREF(part->slice); /* which the list holds */
    return result;
}

/* The parts that the rest of a tree begins with have to be there: how many, or -1. */
static Py_ssize_t count_parts(const Part *parts, Py_ssize_t there, int levels)
{
    if (there <= 0 || levels == 0)
        return -1;
    int is_node = parts->kind >= A_LIST && parts->kind != A_NOTHING;
    Py_ssize_t found = 1;
    for (Py_ssize_t i = 0; is_node && !parts->plain && i < parts->count; i++) {
        Py_ssize_t more = count_parts(parts + found, there - found, levels - 1);
        if (more < 0)
            return -1;
        found += more;
    }
    return found;
}

#define DEEPEST_TREE 1000

static PyObject *misfit(Tree *self)
{
    Py_XDECREF(self);
    return PyErr_Format(PyExc_ValueError, "the parts of a tree do not fit together");
}

static PyObject *tree_new(PyTypeObject *type, PyObject *arguments, vectorcallfunc call)
{
    PyObject *rows;
    int arrays;
    if (!PyArg_ParseTuple(arguments, "O!p", &PyTuple_Type, &rows, &arrays))
        return NULL;
    Tree *self = (Tree *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(rows);
    self->call = call;
    self->rows = Py_NewRef(rows);
    self->slices = PyList_New(0);
    self->arrays = arrays;
    self->parts = PyMem_Calloc((size_t)count + 1, sizeof *self->parts);
    int fits = self->slices && self->parts;
    if (!self->parts)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; fits && i < count; i++)
        fits = read_row(self, PyTuple_GET_ITEM(rows, i), &self->parts[i]) == 0;
    if (fits && count_parts(self->parts, count, DEEPEST_TREE) != count)
        return misfit(self);
    if (!fits)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* The doubles of a memory, or of an array of results, in a buffer that the caller releases. */
static double *doubles_of(PyObject *memory, Py_buffer *buffer, int flags)
{
    if (PyObject_GetBuffer(memory, buffer, flags | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0)
        return NULL;
    if (buffer->format && strcmp(buffer->format, "d") == 0 && buffer->itemsize == sizeof(double))
        return buffer->buf;
    PyBuffer_Release(buffer);
    PyErr_SetString(PyExc_TypeError, "a memory is a buffer of doubles");
    return NULL;
}

#define TREE_TYPE(name, new, doc) \
    { \
        PyVarObject_HEAD_INIT(NULL, 0) \
        .tp_name = "autograd.engine._native." name, \
        .tp_basicsize = sizeof(Tree), \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, \
        .tp_vectorcall_offset = offsetof(Tree, call), \
        .tp_call = PyVectorcall_Call, \
        .tp_doc = doc, \
        .tp_new = new, \
        .tp_dealloc = (destructor)tree_dealloc, \
        .tp_traverse = (traverseproc)tree_traverse, \
        .tp_clear = (inquiry)tree_clear, \
    }
