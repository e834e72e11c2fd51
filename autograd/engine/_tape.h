/* Tapes: the nodes of a function that is recorded, in the order they are made, with the places of
   the user's code that made them. A part of _native.c; the definition is compiler/tracing/tape.py.
*/

typedef struct {
    uint32_t code; /* which one of the tape's */
    int instruction;
} Place;

typedef struct {
    Node *node;
    Place place;
} Made;

typedef struct {
    PyObject_HEAD
    PyObject *recorder; /* sees what C does not record, and says whose a frame is */
    PyObject *codes;    /* a list of code objects */
    PyObject *frame;    /* of the user's code that made the last node */
    PyObject *library, *outermost; /* a frame of the library, and that of the user's around it */
    PyObject *users_codes, *librarys_codes; /* lists of code objects that the recorder knew */
    Made *made;
    size_t count, room;
    Place *places; /* of the nodes that were taken */
    size_t taken;
} Tape;

static int tape_put(Tape *self, Node *node, Place place)
{
    if (make_room(&self->made, &self->room, self->count + 1, sizeof *self->made) < 0)
        return -1;
    self->made[self->count++] = (Made){(Node *)Py_NewRef(node), place};
    return 0;
}

static int tape_append(Tape *self, Node *node, PyObject *code, int instruction)
{
    Py_ssize_t codes = PyList_GET_SIZE(self->codes), i = codes;
    while (i-- > 0 && PyList_GET_ITEM(self->codes, i) != code)
        ;
    if (i < 0) {
        if (PyList_Append(self->codes, code) < 0)
            return -1;
        i = codes;
    }
    return tape_put(self, node, (Place){(uint32_t)i, instruction});
}

/* Whether a code object is in a list; the last ones are looked at first. */
static inline int is_among(PyObject *codes, PyObject *code)
{
    Py_ssize_t i = PyList_GET_SIZE(codes);
    while (i-- > 0 && PyList_GET_ITEM(codes, i) != code)
        ;
    return i >= 0;
}

/* Note whose the code of a frame is, so that the recorder is not asked again about its calls. */
static int tape_note(Tape *self, PyObject *frame, PyObject *placed)
{
    PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame), *codes = NULL;
    if (frame == self->library)
        codes = self->librarys_codes;
    else if (code == placed)
        codes = self->users_codes;
    int result = codes && !is_among(codes, code) ? PyList_Append(codes, code) : 0;
    Py_DECREF(code);
    return result;
}

/* Ask the recorder about a frame: the code and the instruction that made a node, and the outermost
   frame of the user's if this one is none of theirs. */
static int tape_ask(Tape *self, Node *node, PyObject *frame)
{
    PyObject *code, *outermost, *place = NULL;
    int instruction, result = -1;
    if (!self->recorder)
        PyErr_SetString(PyExc_RuntimeError, "the recording has ended");
    else
        place = PyObject_CallMethod(self->recorder, "place", "O", frame ? frame : Py_None);
    if (place && PyArg_ParseTuple(place, "OiO", &code, &instruction, &outermost)) {
        result = tape_append(self, node, code, instruction);
        if (frame && outermost == Py_None)
            Py_XSETREF(self->frame, Py_NewRef(frame));
        else if (frame) {
            Py_XSETREF(self->library, Py_NewRef(frame));
            Py_XSETREF(self->outermost, Py_NewRef(outermost));
        }
        if (frame && tape_note(self, frame, code) < 0)
            result = -1;
    }
    Py_XDECREF(place);
    return result;
}

/* Append a node that the running code has made, and return it. */
static PyObject *tape_record(Tape *self, Node *node)
{
    PyFrameObject *frame = PyEval_GetFrame();
    PyObject *code = frame ? (PyObject *)PyFrame_GetCode(frame) : NULL;
    if (code && code == method_code) {
        frame = PyFrame_GetBack(frame);
        Py_DECREF(code);
        code = frame ? (PyObject *)PyFrame_GetCode(frame) : NULL;
    } else
        Py_XINCREF(frame);
    PyObject *caller = (PyObject *)frame;
    int result, known = frame && caller == self->frame;
    if (frame && !known && self->outermost &&
        (caller == self->library || is_among(self->librarys_codes, code))) {
        Py_SETREF(code, (PyObject *)PyFrame_GetCode((PyFrameObject *)self->outermost));
        frame = (PyFrameObject *)self->outermost;
        known = 1;
    } else if (frame && !known && is_among(self->users_codes, code)) {
        Py_XSETREF(self->frame, Py_NewRef(caller));
        known = 1;
    }
    if (known)
        result = tape_append(self, node, code, PyFrame_GetLasti(frame));
    else
        result = tape_ask(self, node, caller);
    Py_XDECREF(caller), Py_XDECREF(code);
    if (result == 0)
        return (PyObject *)node;
    Py_DECREF(node);
    return NULL;
}

/* Where a node that was taken from a tape was made: a code object and an instruction. */
static PyObject *place_of(Node *self)
{
    Tape *tape = (Tape *)self->gradient.object;
    if (self->time >= tape->taken)
        return Py_BuildValue("(Oi)", Py_None, 0);
    Place *place = &tape->places[self->time];
    return Py_BuildValue("(Oi)", PyList_GET_ITEM(tape->codes, place->code), place->instruction);
}

/* A list with room for the nodes from this one on, and the number of the first of them. */
static PyObject *new_list(Tape *self, PyObject *from, size_t *start)
{
    *start = PyLong_AsSize_t(from);
    if (*start == (size_t)-1 && PyErr_Occurred())
        return NULL;
    if (*start > self->count)
        *start = self->count;
    return PyList_New((Py_ssize_t)(self->count - *start));
}

PyDoc_STRVAR(since_doc, "The nodes from this one on, as a list.");

static PyObject *tape_since(Tape *self, PyObject *from)
{
    size_t start;
    PyObject *found = new_list(self, from, &start);
    for (size_t k = start; found && k < self->count; k++)
        PyList_SET_ITEM(found, (Py_ssize_t)(k - start), Py_NewRef(self->made[k].node));
    return found;
}

PyDoc_STRVAR(take_doc, "The nodes from this one on, as a list: they outlive the recording.");

static PyObject *tape_take(Tape *self, PyObject *from)
{
    size_t start;
    PyObject *found = new_list(self, from, &start);
    if (!found || grow(&self->places, (self->taken + self->count + 1) * sizeof(Place)) < 0) {
        Py_XDECREF(found);
        return NULL;
    }
    PyObject *gone = PyList_New(0); /* gradients, which die when all is done: they may run code */
    if (!gone) {
        Py_DECREF(found);
        return NULL;
    }
    for (size_t k = start; k < self->count; k++) {
        Node *node = self->made[k].node;
        PyTypeObject *type = Py_TYPE(node);
        if (node->gradient_kind >= OBJECT) {
            if (PyList_Append(gone, node->gradient.object) < 0)
                PyErr_Clear(); /* then one dies now */
            Py_DECREF(node->gradient.object);
        }
        PyList_SET_ITEM(found, (Py_ssize_t)(k - start), (PyObject *)node);
        node->gradient_kind = PLACE;
        node->gradient.object = Py_NewRef(self);
        node->time = self->taken;
        self->places[self->taken++] = self->made[k].place;
        Py_INCREF(outlived_type);
        let_outlive((Node *)node);
        Py_DECREF(type);
    }
    self->count = start;
    Py_DECREF(gone);
    return found;
}

PyDoc_STRVAR(append_doc, "append(node, (code, instruction)): a node that was made there.");

static PyObject *tape_append_place(Tape *self, PyObject *arguments)
{
    PyObject *node, *code;
    int instruction;
    if (!PyArg_ParseTuple(arguments, "O!(Oi)", &NodeType, &node, &code, &instruction) ||
        tape_append(self, (Node *)node, code, instruction) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(end_doc, "Let go of the recorder and of what it was asked.");

static int tape_clear(Tape *self)
{
    Py_CLEAR(self->recorder);
    Py_CLEAR(self->frame);
    Py_CLEAR(self->library);
    Py_CLEAR(self->outermost);
    while (self->count)
        Py_DECREF(self->made[--self->count].node);
    PyMem_Free(self->made);
    self->made = NULL;
    self->room = 0;
    return 0;
}

static PyObject *tape_end(Tape *self, PyObject *unused)
{
    tape_clear(self);
    Py_RETURN_NONE;
}

/* Its nodes are not in the collector's lists, and code objects hold no other. */
static int tape_traverse(Tape *self, visitproc visit, void *arg)
{
    Py_VISIT(self->recorder);
    Py_VISIT(self->frame);
    Py_VISIT(self->library);
    Py_VISIT(self->outermost);
    return 0;
}

static void tape_dealloc(Tape *self)
{
    PyObject_GC_UnTrack(self);
    tape_clear(self);
    Py_XDECREF(self->codes), Py_XDECREF(self->users_codes), Py_XDECREF(self->librarys_codes);
    PyMem_Free(self->places);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* As a watcher it is shown what C has not recorded. */
static PyObject *tape_call(Tape *self, PyObject *arguments, PyObject *options)
{
    if (!self->recorder)
        return PyErr_Format(PyExc_RuntimeError, "the recording has ended");
    return PyObject_Call(self->recorder, arguments, options);
}

static PyObject *tape_new(PyTypeObject *type, PyObject *arguments, PyObject *options)
{
    PyObject *recorder;
    if (!PyArg_ParseTuple(arguments, "O", &recorder))
        return NULL;
    if (!outlived_type)
        return PyErr_Format(PyExc_RuntimeError, "the classes of a recording are not connected");
    Tape *self = (Tape *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->recorder = Py_NewRef(recorder);
    self->codes = PyList_New(0);
    self->users_codes = PyList_New(0);
    self->librarys_codes = PyList_New(0);
    if (!self->codes || !self->users_codes || !self->librarys_codes)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static Py_ssize_t tape_length(Tape *self) { return (Py_ssize_t)self->count; }

static PySequenceMethods tape_as_sequence = {.sq_length = (lenfunc)tape_length};

static PyMethodDef tape_methods[] = {
    {"append", (PyCFunction)tape_append_place, METH_VARARGS, append_doc},
    {"since", (PyCFunction)tape_since, METH_O, since_doc},
    {"take", (PyCFunction)tape_take, METH_O, take_doc},
    {"end", (PyCFunction)tape_end, METH_NOARGS, end_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject TapeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Tape",
    .tp_basicsize = sizeof(Tape),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The nodes of a function that is recorded, and where they were made.",
    .tp_new = tape_new,
    .tp_call = (ternaryfunc)tape_call,
    .tp_dealloc = (destructor)tape_dealloc,
    .tp_traverse = (traverseproc)tape_traverse,
    .tp_clear = (inquiry)tape_clear,
    .tp_methods = tape_methods,
    .tp_as_sequence = &tape_as_sequence,
};
