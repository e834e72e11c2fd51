/* Trees: the numbers of nested lists, tuples, dicts and arrays into a memory of doubles, and out of
   one again. A part of _native.c; the definitions are compiler/last_call.py and workspace.py,
   compiler/results.py and columns.py. compiler/packing.py describes a tree, part by part: a node
   comes before its items.

     Packer     goes through arguments like the first ones, and writes their numbers
     Unpacker   puts results into their structure
     Code       machine code, called outside of the interpreter lock
*/

static PyObject *reshape_name;

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

/* --- into a memory --------------------------------------------------------------------------- */

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

static double *copy_strided(const Py_buffer *from, int axis, const char *start, double *to)
{
    if (axis == from->ndim) {
        memcpy(to, start, sizeof *to);
        return to + 1;
    }
    for (Py_ssize_t i = 0; i < from->shape[axis]; i++)
        to = copy_strided(from, axis + 1, start + i * from->strides[axis], to);
    return to;
}

/* Write an array of doubles of this type and shape; and whether it was one. */
static int pack_array(const Part *part, PyObject *x, double **to)
{
    Py_buffer from;
    if ((PyObject *)Py_TYPE(x) != part->type)
        return 0;
    if (PyObject_GetBuffer(x, &from, PyBUF_STRIDES | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return 0;
    }
    int alike = from.format && strcmp(from.format, "d") == 0 &&
                from.len == part->count * (Py_ssize_t)sizeof(double) && from.ndim == PyTuple_GET_SIZE(part->detail);
    for (int i = 0; alike && i < from.ndim; i++)
        alike = from.shape[i] == PyLong_AsSsize_t(PyTuple_GET_ITEM(part->detail, i));
    if (alike && PyBuffer_IsContiguous(&from, 'C')) {
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

/* --- out of a memory ------------------------------------------------------------------------- */

/* Where the results of one sample, or of a call, come from. */
typedef struct {
    const double *numbers;
    PyObject *array;   /* that blocks are cut from; NULL where they are lists */
    PyObject *columns; /* of a batch: for each block the sequence of those of all samples */
    Py_ssize_t sample, block;
} Source;

static PyObject *unpack_part(const Part **next, Source *from);

static PyObject *unpack_list(const double *numbers, Py_ssize_t count)
{
    PyObject *found = PyList_New(count);
    for (Py_ssize_t i = 0; found && i < count; i++) {
        PyObject *x = PyFloat_FromDouble(numbers[i]);
        if (x)
            PyList_SET_ITEM(found, i, x);
        else
            Py_CLEAR(found);
    }
    return found;
}

/* A list of numbers, or an array of this shape. */
static PyObject *unpack_block(const Part *part, Source *from)
{
    if (from->columns)
        return PySequence_GetItem(PyTuple_GET_ITEM(from->columns, from->block++), from->sample);
    if (!from->array)
        return unpack_list(from->numbers + part->start, part->count);
    PyObject *found = PyObject_GetItem(from->array, part->slice);
    if (!found || PyTuple_GET_SIZE(part->detail) == 1)
        return found;
    PyObject *shaped = PyObject_CallMethodOneArg(found, reshape_name, part->detail);
    Py_DECREF(found);
    return shaped;
}

static PyObject *unpack_dict(const Part *part, const Part **next, Source *from)
{
    PyObject *found = PyDict_New();
    for (Py_ssize_t i = 0; found && i < part->count; i++) {
        PyObject *x = unpack_part(next, from);
        if (!x || PyDict_SetItem(found, PyTuple_GET_ITEM(part->detail, i), x) < 0)
            Py_CLEAR(found);
        Py_XDECREF(x);
    }
    return found;
}

static PyObject *unpack_tuple(const Part *part, const Part **next, Source *from)
{
    PyObject *found = PyTuple_New(part->count);
    for (Py_ssize_t i = 0; found && i < part->count; i++) {
        PyObject *x = unpack_part(next, from);
        if (x)
            PyTuple_SET_ITEM(found, i, x);
        else
            Py_CLEAR(found);
    }
    return found;
}

/* A list, or what joins one, such as a named tuple. */
static PyObject *unpack_items(const Part *part, const Part **next, Source *from)
{
    PyObject *found = PyList_New(part->count);
    for (Py_ssize_t i = 0; found && i < part->count; i++) {
        PyObject *x = unpack_part(next, from);
        if (x)
            PyList_SET_ITEM(found, i, x);
        else
            Py_CLEAR(found);
    }
    if (!found || part->kind == A_LIST)
        return found;
    PyObject *joined = PyObject_CallOneArg(part->type, found);
    Py_DECREF(found);
    return joined;
}

static PyObject *unpack_part(const Part **next, Source *from)
{
    const Part *part = (*next)++;
    switch (part->kind) {
    case A_NUMBER:
        if (part->detail != Py_None)
            return unpack_block(part, from);
        return PyFloat_FromDouble(from->numbers[part->start]);
    case A_NOTHING:
        return Py_NewRef(Py_None);
    case A_DICT:
        return unpack_dict(part, next, from);
    case A_TUPLE:
        return unpack_tuple(part, next, from);
    default:
        return unpack_items(part, next, from);
    }
}

/* The results of all samples, each in its structure. What is made lives on, so that the collector
   of garbage has nothing to do here; it would go through it again and again. */
static PyObject *unpack_rows(Tree *self, Source *from, Py_ssize_t count, Py_ssize_t width)
{
    PyObject *found = PyList_New(count);
    int collects = PyGC_Disable();
    for (; found && from->sample < count; from->sample++, from->numbers += width) {
        const Part *next = self->parts;
        from->block = 0;
        PyObject *x = unpack_part(&next, from);
        if (x)
            PyList_SET_ITEM(found, from->sample, x);
        else
            Py_CLEAR(found);
    }
    if (collects)
        PyGC_Enable();
    return found;
}

/* ``unpacker(memory)``: the results in their structure; with arrays the memory is an array of the
   results alone, which the arrays in the structure are parts of. ``unpacker(memory, count, width,
   columns)``: a list of those of so many samples; the columns are None, or for each array in the
   structure those of all samples. */
static PyObject *unpacker_call(Tree *self, PyObject *const *given, size_t counted, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(counted), samples = 1, width = 0;
    PyObject *columns = count == 4 && given[3] != Py_None ? given[3] : NULL;
    if ((count != 1 && count != 4) || names || (columns && !PyTuple_Check(columns)))
        return PyErr_Format(PyExc_TypeError, "an unpacker takes a memory, or all that of a batch");
    if (count == 4) {
        samples = PyLong_AsSsize_t(given[1]);
        width = PyLong_AsSsize_t(given[2]);
        if (PyErr_Occurred())
            return NULL;
    }
    if (!self->parts)
        return PyErr_Format(PyExc_RuntimeError, "the unpacker has ended");
    Py_buffer buffer;
    const double *numbers = doubles_of(given[0], &buffer, 0);
    if (!numbers)
        return NULL;
    Py_ssize_t there = buffer.len / (Py_ssize_t)sizeof(double), blocks = PyList_GET_SIZE(self->slices);
    Source from = {numbers, self->arrays ? given[0] : NULL, columns, 0, 0};
    const Part *next = self->parts;
    PyObject *found = NULL;
    int fits = count == 1 ? there >= self->size
                          : samples >= 0 && width >= self->size &&
                                (samples == 0 || width <= there / samples) &&
                                (self->arrays ? columns && PyTuple_GET_SIZE(columns) == blocks : !columns);
    if (!fits)
        PyErr_SetString(PyExc_ValueError, "the memory does not have the results");
    else
        found = count == 1 ? unpack_part(&next, &from) : unpack_rows(self, &from, samples, width);
    PyBuffer_Release(&buffer);
    return found;
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

static PyObject *unpacker_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    Tree *self = (Tree *)tree_new(type, arguments, (vectorcallfunc)unpacker_call);
    for (Py_ssize_t i = 0; self && i < PyTuple_GET_SIZE(self->rows); i++)
        if (self->parts[i].kind == AN_ARRAY || self->parts[i].plain)
            return misfit(self);
    return (PyObject *)self;
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

static PyTypeObject PackerType = TREE_TYPE(
    "Packer", packer_new, "Packer(rows, arrays): writes the numbers of arguments into a memory.");
static PyTypeObject UnpackerType = TREE_TYPE(
    "Unpacker", unpacker_new, "Unpacker(rows, arrays): puts results into their structure.");

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
