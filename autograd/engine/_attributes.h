/* What Python reads and assigns of a node. A part of _native.c. */

static inline int holds(PyObject *node) { return node && ((Node *)node)->flags & HOLDS; }

/* Room for the record of so many operands, all plain numbers yet. */
static Many *many_new(PyObject *op, uint32_t count)
{
    Many *many = PyMem_Calloc(1, sizeof *many + count * sizeof *many->operands);
    if (!many) {
        PyErr_NoMemory();
        return NULL;
    }
    many->op = Py_XNewRef(op);
    many->count = count;
    return many;
}

/* The numbers of the operands are as of now. A node that was taken from a tape has its place there,
   and no time. */
static void date_record(Node *self)
{
    const Operand *x = operands_of(self);
    if (self->gradient_kind == PLACE)
        return;
    for (uint32_t i = 0; i < count_of(self); i++)
        if (x[i].node && ((Node *)x[i].node)->time > self->time)
            self->time = ((Node *)x[i].node)->time;
}

/* Record what the node was made of. */
static int assign_record(Node *self, PyObject *op, const Operand *operands, uint32_t count)
{
    int row = op && PyObject_TypeCheck(op, &OpType) ? ((Op *)op)->row : 0;
    Many *many = NULL;
    if (row && (uint32_t)ROWS[row - 1].operands != count)
        row = 0;
    if (!row && (op || count) && !(many = many_new(op, count)))
        return -1;
    int held = op && !(PyObject_TypeCheck(op, &OpType) && ((Op *)op)->is_ours);
    for (uint32_t i = 0; i < count; i++) {
        Py_XINCREF(operands[i].node);
        held |= holds(operands[i].node);
    }
    Operand two[2] = {{NULL, 0.0}, {NULL, 0.0}};
    if (count)
        memcpy(many ? many->operands : two, operands, count * sizeof *operands);
    drop_record(self);
    self->row = (int16_t)row;
    if (row)
        memcpy(self->record.two, two, sizeof two);
    else
        self->record.many = many;
    date_record(self);
    if (held) {
        self->flags |= HOLDS;
        if (!PyObject_GC_IsTracked((PyObject *)self))
            PyObject_GC_Track(self);
    }
    if (!(self->flags & FOLLOWED))
        return 0;
    self->flags &= (uint8_t)~FOLLOWED;
    return follow((PyObject *)self);
}

static int refuse_to_delete(PyObject *value, const char *name)
{
    if (!value)
        PyErr_Format(PyExc_AttributeError, "%s cannot be deleted", name);
    return !value;
}

static PyObject *get_data(Node *self, void *closure)
{
    if (!self->time && self->gradient_kind != PLACE)
        return PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '_data'",
                            Py_TYPE(self)->tp_name);
    return PyFloat_FromDouble(self->data);
}

static int set_data(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "_data"))
        return -1;
    double data = PyFloat_AsDouble(value);
    if (data == -1.0 && PyErr_Occurred())
        return -1;
    self->data = data;
    self->time = ++now;
    return 0;
}

static PyObject *place_of(Node *self); /* see _tape.h */

/* A number that Python sees stays that very object until another one takes its place. */
static PyObject *get_gradient(Node *self, void *as_number)
{
    if (self->gradient_kind == UNREACHED)
        return Py_NewRef(as_number ? zero : unreached);
    if (self->gradient_kind == PLACE)
        return place_of(self);
    if (self->gradient_kind == NUMBER) {
        PyObject *number = PyFloat_FromDouble(self->gradient.number);
        if (!number)
            return NULL;
        self->gradient.object = number;
        self->gradient_kind = OBJECT;
    }
    return Py_NewRef(self->gradient.object);
}

static int set_gradient(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "_grad"))
        return -1;
    if (IS_NODE(value) && (follow(value) < 0 || follow((PyObject *)self) < 0))
        return -1;
    PyObject *before = self->gradient_kind >= OBJECT ? self->gradient.object : NULL;
    self->gradient_kind = value == unreached ? UNREACHED : OBJECT;
    self->gradient.object = value == unreached ? NULL : Py_NewRef(value);
    if (before) {
        set_aside(before);
        release_those_set_aside();
    }
    return 0;
}

static PyObject *get_op(Node *self, void *closure)
{
    PyObject *op = op_of(self);
    return Py_NewRef(op ? op : Py_None);
}

static int set_op(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "op"))
        return -1;
    Operand two[2] = {self->record.two[0], self->record.two[1]};
    uint32_t count = count_of(self);
    return assign_record(self, value == Py_None ? NULL : value,
                         self->row ? two : operands_of(self), count);
}

#define AS_NUMBERS ((void *)1)

/* A tuple of the operands, or of the numbers that they had. */
static PyObject *get_operands(Node *self, void *numbers)
{
    uint32_t count = count_of(self);
    PyObject *found = PyTuple_New(count);
    if (found && count_of(self) != count) { /* the collector has run, and somebody's code with it */
        Py_DECREF(found);
        return get_operands(self, numbers);
    }
    for (uint32_t i = 0; found && i < count; i++) {
        Operand *x = &operands_of(self)[i];
        PyObject *item = x->node && !numbers ? Py_NewRef(x->node) : PyFloat_FromDouble(x->number);
        if (!item)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, i, item);
    }
    return found;
}

/* Record an op and its operands: nodes and floats, with these numbers or those that they have. */
static int record_tuple(Node *self, PyObject *op, PyObject *operands, PyObject *numbers)
{
    if (!PyTuple_Check(operands) || (numbers && !PyTuple_Check(numbers)) ||
        (numbers && PyTuple_GET_SIZE(numbers) != PyTuple_GET_SIZE(operands))) {
        PyErr_SetString(PyExc_TypeError, "operands are a tuple, and so are their numbers");
        return -1;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(operands);
    Operand few[2], *found = few;
    if (count > 2 && !(found = PyMem_Malloc((size_t)count * sizeof *found))) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *x = PyTuple_GET_ITEM(operands, i);
        found[i].node = IS_NODE(x) ? x : NULL;
        found[i].number = numbers   ? PyFloat_AsDouble(PyTuple_GET_ITEM(numbers, i))
                          : IS_NODE(x) ? ((Node *)x)->data
                                       : PyFloat_AsDouble(x);
    }
    int result = PyErr_Occurred() ? -1 : assign_record(self, op, found, (uint32_t)count);
    if (found != few)
        PyMem_Free(found);
    return result;
}

static int set_operands(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "operands"))
        return -1;
    PyObject *op = Py_XNewRef(op_of(self));
    int result = record_tuple(self, op, value, NULL);
    Py_XDECREF(op);
    return result;
}

static int set_recorded(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "_recorded"))
        return -1;
    PyObject *op = Py_XNewRef(op_of(self)), *operands = get_operands(self, NULL);
    int result = operands ? record_tuple(self, op, operands, value) : -1;
    Py_XDECREF(op), Py_XDECREF(operands);
    return result;
}

static PyGetSetDef node_attributes[] = {
    {"_data", (getter)get_data, (setter)set_data, NULL, NULL},
    {"_grad", (getter)get_gradient, (setter)set_gradient, NULL, NULL},
    {"_recorded", (getter)get_operands, (setter)set_recorded, NULL, AS_NUMBERS},
    {"op", (getter)get_op, (setter)set_op, NULL, NULL},
    {"operands", (getter)get_operands, (setter)set_operands, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef node_members[] = {
    {"note", T_OBJECT_EX, offsetof(Node, note), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

/* Follow the nodes in an object that a leaf holds, also in containers in one another. */
static int follow_nodes_in(PyObject *x, void *levels)
{
    int left = *(int *)levels - 1;
    if (IS_NODE(x))
        return follow(x);
    if (!left || (!PyList_CheckExact(x) && !PyTuple_CheckExact(x) && !PyDict_CheckExact(x)))
        return 0;
    return Py_TYPE(x)->tp_traverse(x, follow_nodes_in, &left);
}

/* Set an attribute, or delete it, with the errors of an object whose class has no such methods. */
static int set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    int result = PyObject_GenericSetAttr(self, name, value);
#if PY_VERSION_HEX >= 0x030D0000
    if (result < 0 && Py_TYPE(self)->tp_dictoffset == 0 &&
        PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyObject *error = PyErr_GetRaisedException();
        if (PyObject_HasAttr((PyObject *)Py_TYPE(self), name))
            PyErr_SetRaisedException(error);
        else {
            Py_DECREF(error);
            PyErr_Format(PyExc_AttributeError,
                         "'%.100s' object has no attribute '%U' and no __dict__ for setting new "
                         "attributes", Py_TYPE(self)->tp_name, name);
        }
    }
#endif
    return result;
}

/* ``node.name = value``. What a leaf holds may have been computed from it, now or later, which is a
   cycle: the collector then knows that, and whatever is computed from the leaf. This is a method
   and no slot, so that ``object.__setattr__`` of a node still works. */
static PyObject *node_setattr(PyObject *self, PyObject *arguments)
{
    PyObject *name, *value;
    int levels = 8;
    if (!PyArg_ParseTuple(arguments, "OO", &name, &value) || set_attribute(self, name, value) < 0)
        return NULL;
    if (PyObject_IS_GC(value) && Py_TYPE(self) != value_type &&
        !PyObject_HasAttr((PyObject *)value_type, name)) {
        ((Node *)self)->flags |= HOLDS;
        if (follow_nodes_in(value, &levels) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *node_delattr(PyObject *self, PyObject *name)
{
    return set_attribute(self, name, NULL) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef node_methods[] = {
    {"__setattr__", node_setattr, METH_VARARGS | METH_COEXIST, NULL},
    {"__delattr__", node_delattr, METH_O | METH_COEXIST, NULL},
    {NULL, NULL, 0, NULL},
};

/* --- properties ------------------------------------------------------------------------------ */

/* A property of Python's, with a faster way for those that are connected. */
static PyObject *property_get(PyObject *self, PyObject *object, PyObject *type)
{
    if (object && IS_NODE(object) && self == data_property)
        return get_data((Node *)object, NULL);
    if (object && IS_NODE(object) && self == grad_property)
        return get_gradient((Node *)object, AS_NUMBERS);
    return PyProperty_Type.tp_descr_get(self, object, type);
}

/* Whether a gradient that is given is held: of other classes Python says, and None marks what is
   frozen, beside what asked for None. */
static int holds_gradient(const Node *self)
{
    return (Py_TYPE(self) == value_type || Py_TYPE(self) == leaf_type) &&
           !(self->gradient_kind == OBJECT && self->gradient.object == Py_None);
}

/* The float that an exact float or int is held as, else NULL: Python's property then says more. */
static PyObject *held_float(PyObject *value)
{
    if (PyFloat_CheckExact(value))
        return Py_NewRef(value);
    double number = PyLong_CheckExact(value) ? PyLong_AsDouble(value) : -1.0;
    PyObject *held = number == -1.0 ? NULL : PyFloat_FromDouble(number);
    if (!held)
        PyErr_Clear();
    return held;
}

static int property_set(PyObject *self, PyObject *object, PyObject *value)
{
    Node *node = (Node *)object;
    int is_grad = self == grad_property, is_data = self == data_property;
    if (!value || !IS_NODE(object) || !(is_grad || is_data))
        return PyProperty_Type.tp_descr_set(self, object, value);
    if (is_grad && value == Py_None)
        return set_gradient(node, value, NULL);
    int is_plain = is_grad ? holds_gradient(node) : !op_of(node) && !count_of(node);
    PyObject *held = is_plain ? held_float(value) : NULL;
    if (!held)
        return PyProperty_Type.tp_descr_set(self, object, value);
    int status = is_grad ? set_gradient(node, held, NULL) : set_data(node, held, NULL);
    Py_DECREF(held);
    return status;
}

static PyTypeObject PropertyType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "property",
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_descr_get = property_get,
    .tp_descr_set = property_set,
};
