/* Reading: how a tape is put into a listing of the compiler. A part of _native.c; the definition is
   compiler/ir/operations.py. */

static PyObject *python_read_tape;

#define MOST_LISTINGS 3 /* in one another: a batch in a scan in a function */
#define CONSTANTS 16    /* that are remembered: a step of an optimizer has some for each parameter */

/* A listing that is read into, and what it knows of others. */
typedef struct {
    PyObject *reader;
    Operations *listing;
    Positions *known;
    PyObject *shared, *found; /* what is the same outside, and where it is: see simplify.py */
} Reader;

typedef struct {
    Reader levels[MOST_LISTINGS]; /* the one that is read into first, then those around it */
    int depth;
    PyObject *bodies; /* of batches: the listing of each, by its position */
    int32_t *x; /* the positions of the operands of the node that is read */
    size_t room;
    double constants[CONSTANTS]; /* some that were read, and their positions */
    int64_t positions[CONSTANTS];
    int next; /* the one to give way */
} Reading;

/* Python's attribute, of this class or NULL. */
static PyObject *attribute_of(PyObject *object, const char *name, PyTypeObject *type)
{
    PyObject *found = PyObject_GetAttrString(object, name);
    if (!found)
        PyErr_Clear();
    else if (!PyObject_TypeCheck(found, type))
        Py_CLEAR(found);
    return found;
}

static void end_reading(Reading *self)
{
    for (int i = 0; i < self->depth; i++) {
        Reader *level = &self->levels[i];
        Py_XDECREF(level->reader), Py_XDECREF(level->listing), Py_XDECREF(level->known);
        Py_XDECREF(level->shared), Py_XDECREF(level->found);
    }
    Py_XDECREF(self->bodies);
    PyMem_Free(self->x);
}

/* Begin to read into the listing of a reader: 0 where Python has to do it. */
static int begin_reading(Reading *self, PyObject *reader)
{
    memset(self, 0, sizeof *self);
    for (int i = 0; i < CONSTANTS; i++)
        self->positions[i] = -1;
    PyObject *next = Py_NewRef(reader);
    while (next && next != Py_None && self->depth < MOST_LISTINGS) {
        Reader *level = &self->levels[self->depth++];
        level->reader = next;
        level->listing = (Operations *)attribute_of(next, "listing", &OperationsType);
        level->known = (Positions *)attribute_of(next, "known", &PositionsType);
        if (!level->listing || !level->known) {
            next = NULL;
            break;
        }
        level->shared = attribute_of((PyObject *)level->listing, "shared", &PyDict_Type);
        level->found = attribute_of((PyObject *)level->listing, "_known", &PyDict_Type);
        next = attribute_of(next, "outer", &PyBaseObject_Type);
    }
    Py_XDECREF(next);
    const Reader *own = self->levels;
    if (own->listing)
        self->bodies = attribute_of((PyObject *)own->listing, "bodies", &PyDict_Type);
    return own->listing && own->known;
}

/* The position in a listing of what is at another one outside; -2 with an error set. */
static int64_t share(const Reader *level, int64_t outside)
{
    PyObject *key = PyLong_FromLongLong(outside), *position = NULL;
    PyObject *known = key ? PyDict_GetItemWithError(level->found, key) : NULL;
    int64_t found = known ? as_position(level->listing, known) : -1;
    if (!known && !PyErr_Occurred())
        found = append_operation(level->listing, 0, NULL, 0);
    if (!known && found >= 0 &&
        (!(position = PyLong_FromLongLong(found)) ||
         PyDict_SetItem(level->found, key, position) < 0 ||
         PyDict_SetItem(level->shared, position, key) < 0))
        found = -1;
    Py_XDECREF(key), Py_XDECREF(position);
    return found < 0 ? -2 : found;
}

/* The position in a listing of what some listing around it knows; -1 if none does. */
static int64_t find_outside(const Reading *self, int i, PyObject *node)
{
    if (i + 1 >= self->depth || !self->levels[i].shared || !self->levels[i].found ||
        !self->levels[i + 1].listing || !self->levels[i + 1].known)
        return -1;
    int64_t outside = get_position(self->levels[i + 1].known, node);
    if (outside == -1)
        outside = find_outside(self, i + 1, node);
    return outside < 0 ? outside : share(&self->levels[i], outside);
}

/* The position of an operand: of a node that was read here or outside, else of what Python
   finds. */
static int64_t read_operand_position(Reading *self, const Operand *x)
{
    const Reader *own = self->levels;
    int64_t found = x->node ? get_position(own->known, x->node) : -1;
    if (found != -1)
        return found;
    if (x->node && Py_IS_TYPE(x->node, outlived_type)) {
        found = find_outside(self, 0, x->node);
        if (found >= 0 && set_position(own->known, x->node, found) < 0)
            return -2;
        if (found != -1)
            return found;
    }
    int is_number = !x->node || Py_IS_TYPE(x->node, constant_type);
    for (int i = 0; is_number && i < CONSTANTS; i++)
        if (self->positions[i] >= 0 &&
            !memcmp(&x->number, &self->constants[i], sizeof x->number))
            return self->positions[i];
    PyObject *number = PyFloat_FromDouble(x->number), *given = NULL;
    if (number)
        given = PyObject_CallMethod(own->reader, "position", "OO", is_number ? number : x->node,
                                    number);
    found = given ? as_position(own->listing, given) : -1;
    Py_XDECREF(number), Py_XDECREF(given);
    if (is_number && found >= 0) {
        self->constants[self->next] = x->number;
        self->positions[self->next] = found;
        self->next = (self->next + 1) % CONSTANTS;
    }
    return found < 0 ? -2 : found;
}

/* Put a result of a batch in the listing: 1 if that is done, 0 if Python has to do it. */
static int read_result(Reading *self, Node *node, uint32_t op)
{
    const Reader *own = self->levels;
    const Operand *operands = operands_of(node);
    if (count_of(node) != 3 || !operands[0].node || !self->bodies)
        return 0;
    int64_t batch = get_position(own->known, operands[0].node), found = -1;
    if (batch < 0)
        return batch == -1 ? 0 : -1;
    PyObject *at = PyLong_FromLongLong(batch);
    PyObject *body = at ? PyDict_GetItemWithError(self->bodies, at) : NULL;
    Py_XDECREF(at);
    PyObject *table = body ? attribute_of(body, "results", &PyDict_Type) : NULL;
    if (!table)
        return PyErr_Occurred() ? -1 : 0;
    PyObject *place = Py_BuildValue("(LL)", (long long)operands[1].number,
                                    (long long)operands[2].number);
    PyObject *known = place ? PyDict_GetItemWithError(table, place) : NULL, *position = NULL;
    if (known)
        found = as_position(own->listing, known);
    else if (!PyErr_Occurred()) {
        int32_t x[1] = {(int32_t)batch};
        found = append_operation(own->listing, op, x, 1);
        if (found >= 0 && (!(position = PyLong_FromLongLong(found)) ||
                           PyDict_SetItem(table, place, position) < 0))
            found = -1;
    }
    Py_XDECREF(table), Py_XDECREF(place), Py_XDECREF(position);
    return found < 0 || set_position(own->known, (PyObject *)node, found) < 0 ? -1 : 1;
}

/* Put a node in the listing: 1 if that is done, 0 if Python has to do it. */
static int read_node(Reading *self, PyObject *given)
{
    Node *node = (Node *)given;
    const Reader *own = self->levels;
    if (!Py_IS_TYPE(given, outlived_type) || !op_of(node))
        return 0;
    int64_t op = op_number_of(own->listing, node), found = 0;
    if (op < 0)
        return -1;
    uint32_t count = count_of(node);
    enum op_kind kind = own->listing->kinds[op];
    if (kind == A_RESULT)
        return read_result(self, node, (uint32_t)op);
    if (!node->row && (kind == BY_PYTHON || (kind == ONE_STEP && count == 2)))
        return 0;
    if (make_room(&self->x, &self->room, count + 1, sizeof *self->x) < 0)
        return -1;
    /* Two operands are read again, as Python does: one may be a leaf with a new number. */
    if (count != 2 || !node->row) {
        if ((found = get_position(own->known, given)) != -1)
            return found < 0 ? -1 : 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if ((found = read_operand_position(self, &operands_of(node)[i])) < 0)
            return -1;
        self->x[i] = (int32_t)found;
    }
    found = find_operation(own->listing, (uint32_t)op, self->x, count);
    return found < 0 || set_position(own->known, given, found) < 0 ? -1 : 1;
}

static PyObject *read_by_python(PyObject *reader, PyObject *node)
{
    PyObject *one_node = PyTuple_Pack(1, node);
    PyObject *done = NULL;
    if (one_node)
        done = PyObject_CallFunctionObjArgs(python_read_tape, reader, one_node, NULL);
    Py_XDECREF(one_node);
    return done;
}

static PyObject *try_read_tape(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyList_CheckExact(given[1]))
        return NULL;
    PyObject *tape = given[1], *found = NULL;
    Reading reading;
    if (!begin_reading(&reading, given[0]) || expect_nodes(reading.levels->known, tape) < 0 ||
        make_slots(reading.levels->listing, (size_t)PyList_GET_SIZE(tape) / 2) < 0)
        goto done;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(tape); k++) {
        PyObject *node = Py_NewRef(PyList_GET_ITEM(tape, k));
        int result = IS_NODE(node) ? read_node(&reading, node) : 0;
        PyObject *done = result ? NULL : read_by_python(given[0], node);
        Py_DECREF(node);
        if (result < 0 || (!result && !done))
            goto done;
        Py_XDECREF(done);
        if (k % SIGNALS_EVERY == 0 && PyErr_CheckSignals() < 0)
            goto done;
    }
    found = Py_NewRef(Py_None);
done:
    end_reading(&reading);
    return found;
}

/* The positions of the operands of one node. */
static PyObject *try_read_operands(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !Py_IS_TYPE(given[1], outlived_type))
        return NULL;
    PyObject *found = NULL;
    Node *node = (Node *)given[1];
    uint32_t size = count_of(node);
    Reading reading;
    int64_t position = 0;
    if (begin_reading(&reading, given[0]) &&
        make_room(&reading.x, &reading.room, size + 1, sizeof *reading.x) == 0) {
        for (uint32_t i = 0; i < size && position >= 0; i++) {
            position = read_operand_position(&reading, &operands_of(node)[i]);
            reading.x[i] = (int32_t)position;
        }
        if (position >= 0)
            found = as_tuple(reading.x, size);
    }
    end_reading(&reading);
    return found;
}

/* Whether these are nodes of a recording that has ended, or perhaps numbers. */
static int are_nodes(PyObject *things, int or_numbers)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(things); i++) {
        PyObject *x = PyTuple_GET_ITEM(things, i);
        if (!Py_IS_TYPE(x, outlived_type) && !(or_numbers && PyFloat_CheckExact(x)))
            return 0;
    }
    return 1;
}

/* The positions of nodes and numbers. */
static PyObject *try_find_positions(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Reading reading;
    if (count != 2 || names || !PyList_CheckExact(given[1]))
        return NULL;
    PyObject *nodes = what_is_in(given[1]);
    int known = nodes && are_nodes(nodes, 1);
    Py_ssize_t size = known ? PyTuple_GET_SIZE(nodes) : 0;
    PyObject *found = known && begin_reading(&reading, given[0]) ? PyList_New(size) : NULL;
    for (Py_ssize_t i = 0; found && i < size; i++) {
        PyObject *x = PyTuple_GET_ITEM(nodes, i), *made = NULL;
        int is_number = PyFloat_CheckExact(x);
        Operand operand = {is_number ? NULL : x,
                           is_number ? PyFloat_AS_DOUBLE(x) : ((Node *)x)->data};
        int64_t position = read_operand_position(&reading, &operand);
        if (position >= 0 && (made = PyLong_FromLongLong(position)))
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    if (known)
        end_reading(&reading);
    Py_XDECREF(nodes);
    return found;
}

/* The positions of inputs, which are new operations without an op. */
static PyObject *try_append_inputs(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Reading reading;
    if (count != 2 || names || !PyList_CheckExact(given[1]))
        return NULL;
    PyObject *nodes = what_is_in(given[1]);
    int known = nodes && are_nodes(nodes, 0);
    Py_ssize_t size = known ? PyTuple_GET_SIZE(nodes) : 0;
    PyObject *found = known && begin_reading(&reading, given[0]) ? PyList_New(size) : NULL;
    for (Py_ssize_t i = 0; found && i < size; i++) {
        int64_t position = append_operation(reading.levels->listing, 0, NULL, 0);
        PyObject *made = position < 0 ? NULL : PyLong_FromLongLong(position);
        if (made && set_position(reading.levels->known, PyTuple_GET_ITEM(nodes, i), position) < 0)
            Py_CLEAR(made);
        if (made)
            PyList_SET_ITEM(found, i, made);
        else
            Py_CLEAR(found);
    }
    if (known)
        end_reading(&reading);
    Py_XDECREF(nodes);
    return found;
}
