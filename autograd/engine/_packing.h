/* The numbers of arguments like the first ones into a memory of doubles, and the machine code that
   runs on it, outside of the interpreter lock. A part of _native.c; the definitions are
   compiler/last_call.py and workspace.py. */

/* Write an int that a float can hold, or a float of numpy; and whether it was one. */
static int pack_other_number(PyObject *x, double **to)
{
    if (PyFloat_Check(x) && strcmp(Py_TYPE(x)->tp_name, "numpy.float64") == 0) {
        *(*to)++ = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (!PyLong_CheckExact(x))
        return 0;
    double number = PyLong_AsDouble(x);
    if (number == -1.0 && PyErr_Occurred()) {
        PyErr_Clear(); /* the call is read anew, and told of */
        return 0;
    }
    *(*to)++ = number;
    return 1;
}

/* Write a number; and whether it was one. */
static inline int pack_number(PyObject *x, double **to)
{
    if (!PyFloat_CheckExact(x))
        return pack_other_number(x, to);
    *(*to)++ = PyFloat_AS_DOUBLE(x);
    return 1;
}

/* A number of an array as a double, by its format in a buffer. */
#define AS_DOUBLE(letter, type) \
    case letter: { \
        type number; \
        memcpy(&number, at, sizeof number); \
        return (double)number; \
    }
static double double_at(const char *at, char format)
{
    switch (format) {
        AS_DOUBLE('d', double)
        AS_DOUBLE('f', float)
        AS_DOUBLE('b', signed char)
        AS_DOUBLE('B', unsigned char)
        AS_DOUBLE('h', short)
        AS_DOUBLE('H', unsigned short)
        AS_DOUBLE('i', int)
        AS_DOUBLE('I', unsigned int)
        AS_DOUBLE('l', long)
        AS_DOUBLE('L', unsigned long)
        AS_DOUBLE('q', long long)
    default:
        AS_DOUBLE('Q', unsigned long long)
    }
}
static const char FORMATS[] = "dfbBhHiIlLqQ";

static double *copy_strided(const Py_buffer *from, int axis, const char *start, double *to)
{
    if (axis == from->ndim) {
        *to = double_at(start, from->format[0]);
        return to + 1;
    }
    for (Py_ssize_t i = 0; i < from->shape[axis]; i++)
        to = copy_strided(from, axis + 1, start + i * from->strides[axis], to);
    return to;
}

/* Write an array of this type and shape, of floats or ints; and whether it was one. */
static int pack_array(const Part *part, PyObject *x, double **to)
{
    Py_buffer from;
    if ((PyObject *)Py_TYPE(x) != part->type)
        return 0;
    if (PyObject_GetBuffer(x, &from, PyBUF_STRIDES | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return 0;
    }
    int alike = from.format && strlen(from.format) == 1 && strchr(FORMATS, from.format[0]) &&
                from.len == part->count * from.itemsize && from.ndim == PyTuple_GET_SIZE(part->detail);
    for (int i = 0; alike && i < from.ndim; i++)
        alike = from.shape[i] == PyLong_AsSsize_t(PyTuple_GET_ITEM(part->detail, i));
    if (alike && from.format[0] == 'd' && PyBuffer_IsContiguous(&from, 'C')) {
        memcpy(*to, from.buf, (size_t)part->count * sizeof(double));
        *to += part->count;
    } else if (alike)
        *to = copy_strided(&from, 0, from.buf, *to);
    PyBuffer_Release(&from);
    return alike;
}

static const Part *pack_part(const Part *part, PyObject *x, double **to);

static const Part *pack_items(const Part *part, PyObject *const *items, double **to)
{
    const Part *next = part + 1;
    if (part->plain) {
        for (Py_ssize_t i = 0; i < part->count; i++)
            if (!pack_number(items[i], to))
                return NULL;
        return next;
    }
    for (Py_ssize_t i = 0; next && i < part->count; i++)
        next = pack_part(next, items[i], to);
    return next;
}

/* Keys that are not the same objects, nor equal texts, are left to Python. */
static int is_key(PyObject *key, PyObject *wanted)
{
    return key == wanted || (PyUnicode_CheckExact(key) && PyUnicode_CheckExact(wanted) &&
                             PyUnicode_Compare(key, wanted) == 0);
}

static const Part *pack_dict(const Part *part, PyObject *x, double **to)
{
    const Part *next = part + 1;
    Py_ssize_t at = 0, i = 0;
    PyObject *key, *value;
    while (next && PyDict_Next(x, &at, &key, &value)) {
        if (!is_key(key, PyTuple_GET_ITEM(part->detail, i++)))
            return NULL;
        if (!part->plain)
            next = pack_part(next, value, to);
        else if (!pack_number(value, to))
            return NULL;
    }
    return next;
}

/* Write the numbers of an argument, or of a part of it; the part after it, NULL where it is not as
   before. No code of the user's runs meanwhile, so nothing changes under way. */
static const Part *pack_part(const Part *part, PyObject *x, double **to)
{
    switch (part->kind) {
    case A_NUMBER:
        return pack_number(x, to) ? part + 1 : NULL;
    case A_LIST:
        if (!PyList_CheckExact(x) || PyList_GET_SIZE(x) != part->count)
            return NULL;
        return pack_items(part, ((PyListObject *)x)->ob_item, to);
    case A_TUPLE:
        if ((PyObject *)Py_TYPE(x) != part->type || PyTuple_GET_SIZE(x) != part->count)
            return NULL;
        return pack_items(part, ((PyTupleObject *)x)->ob_item, to);
    case A_DICT:
        if (!PyDict_CheckExact(x) || PyDict_GET_SIZE(x) != part->count)
            return NULL;
        return pack_dict(part, x, to);
    default:
        return pack_array(part, x, to) ? part + 1 : NULL;
    }
}

/* ``packer(arguments, memory)``: whether they are as before; then their numbers are in the memory,
   from its beginning. Else anything may be there. ``packer(samples, memory, count)`` asks for a list
   of so many, each as the first one was. */
static PyObject *packer_call(Tree *self, PyObject *const *given, size_t counted, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(counted), samples = 1;
    if (count < 2 || count > 3 || names)
        return PyErr_Format(PyExc_TypeError, "a packer takes arguments and a memory");
    if (!self->parts)
        return PyErr_Format(PyExc_RuntimeError, "the packer has ended");
    if (count == 3 && (samples = PyLong_AsSsize_t(given[2])) < 0)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "a count is not negative");
    if (count == 3 && (!PyList_CheckExact(given[0]) || PyList_GET_SIZE(given[0]) != samples))
        Py_RETURN_FALSE;
    Py_buffer buffer;
    double *to = doubles_of(given[1], &buffer, PyBUF_WRITABLE);
    if (!to)
        return NULL;
    Py_ssize_t room = buffer.len / (Py_ssize_t)sizeof(double);
    int alike = 1, fits = !samples || self->size <= room / samples;
    for (Py_ssize_t i = 0; fits && alike && i < samples; i++) {
        PyObject *x = count == 3 ? PyList_GET_ITEM(given[0], i) : given[0];
        alike = pack_part(self->parts, x, &to) != NULL;
    }
    PyBuffer_Release(&buffer);
    if (!fits)
        return PyErr_Format(PyExc_ValueError, "the memory has no room for %zd numbers", self->size);
    return PyBool_FromLong(alike);
}

static PyObject *packer_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    Tree *self = (Tree *)tree_new(type, arguments, (vectorcallfunc)packer_call);
    Py_ssize_t next = 0; /* numbers stand one after the other */
    for (Py_ssize_t i = 0; self && i < PyTuple_GET_SIZE(self->rows); i++) {
        const Part *part = &self->parts[i];
        if (has_numbers(part) && part->start != next)
            return misfit(self);
        if (part->kind == A_NUMBER && part->count != 1)
            return misfit(self);
        next += has_numbers(part) ? part->count : 0;
    }
    return (PyObject *)self;
}

static PyTypeObject PackerType = TREE_TYPE(
    "Packer", packer_new, "Packer(rows, arrays): writes the numbers of arguments into a memory.");

/* --- machine code ---------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    void (*code)(void *);
    void *argument;
    PyObject *kept; /* what the two belong to */
} Code;

static void code_of_nothing(void *argument) {}

static PyObject *code_call(Code *self, PyObject *const *given, size_t counted, PyObject *names)
{
    if (PyVectorcall_NARGS(counted) || names)
        return PyErr_Format(PyExc_TypeError, "machine code is called with nothing");
    Py_BEGIN_ALLOW_THREADS
    self->code(self->argument);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *code_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    unsigned long long code, argument;
    PyObject *kept;
    if (!PyArg_ParseTuple(arguments, "KKO", &code, &argument, &kept))
        return NULL;
    Code *self = (Code *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->call = (vectorcallfunc)code_call;
    self->code = (void (*)(void *))(uintptr_t)code;
    self->argument = (void *)(uintptr_t)argument;
    self->kept = Py_NewRef(kept);
    return (PyObject *)self;
}

static int code_traverse(Code *self, visitproc visit, void *arg)
{
    Py_VISIT(self->kept);
    return 0;
}

/* It may not be called once what it runs is gone. */
static int code_clear(Code *self)
{
    self->code = code_of_nothing;
    Py_CLEAR(self->kept);
    return 0;
}

static void code_dealloc(Code *self)
{
    PyObject_GC_UnTrack(self);
    code_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyTypeObject CodeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Code",
    .tp_basicsize = sizeof(Code),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Code, call),
    .tp_call = PyVectorcall_Call,
    .tp_doc = "Code(address, argument, kept): calls machine code with a pointer, outside of the "
              "interpreter lock; kept is what the two belong to.",
    .tp_new = code_new,
    .tp_dealloc = (destructor)code_dealloc,
    .tp_traverse = (traverseproc)code_traverse,
    .tp_clear = (inquiry)code_clear,
};
