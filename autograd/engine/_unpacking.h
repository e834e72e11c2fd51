/* Results out of a memory of doubles, or out of an array of numpy, into their structure. A part of
   _native.c; the definitions are compiler/results.py and columns.py. */

static PyObject *reshape_name;

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

static PyObject *unpacker_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    Tree *self = (Tree *)tree_new(type, arguments, (vectorcallfunc)unpacker_call);
    for (Py_ssize_t i = 0; self && i < PyTuple_GET_SIZE(self->rows); i++)
        if (self->parts[i].kind == AN_ARRAY || self->parts[i].plain)
            return misfit(self);
    return (PyObject *)self;
}

static PyTypeObject UnpackerType = TREE_TYPE(
    "Unpacker", unpacker_new, "Unpacker(rows, arrays): puts results into their structure.");
