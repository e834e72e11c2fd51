/* Recording: operators, methods and ops make nodes. A part of _native.c. */

/* What there is to do with a new node of this context. */
typedef struct {
    PyObject *note; /* NULL for none */
    Tape *tape;     /* NULL if nothing is recorded */
    PyObject *made; /* the list that new nodes go to, NULL for none */
    int forgets;    /* whether it is a leaf, as inside no_grad */
} Around;

/* `append` of some list, by which another one's is known. */
static PyObject *append_of_list;

/* Where a state of the context holds what it says, and the name of the latest end of a block. */
static Py_ssize_t at_watchers, at_forgetting, at_since;
static PyObject *latest;

#define SLOT_AT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

/* Where objects of a class with __slots__ hold the one with this name. */
static int find_slot(PyObject *class, const char *name, Py_ssize_t *offset)
{
    PyObject *found = PyObject_GetAttrString(class, name);
    int known = found && Py_IS_TYPE(found, &PyMemberDescr_Type);
    if (known)
        *offset = ((PyMemberDescrObject *)found)->d_member->offset;
    else if (found)
        PyErr_Format(PyExc_TypeError, "%R has no slot %s", class, name);
    Py_XDECREF(found);
    return known ? 0 : -1;
}

enum operand_kind { PLAIN_NUMBER = 1, USUAL_NODE = 2, TRACED_NODE = 4, ANYTHING = 8 };

/* Read an operand, and what kind it is. */
static inline int read_operand(PyObject *x, Operand *to)
{
    PyTypeObject *type = Py_TYPE(x);
    to->node = x;
    if (is_usual(type)) {
        to->number = ((Node *)x)->data;
        return USUAL_NODE;
    }
    if (type == traced_type) {
        to->number = ((Node *)x)->data;
        return TRACED_NODE;
    }
    to->node = NULL;
    if (type == &PyFloat_Type) {
        to->number = PyFloat_AS_DOUBLE(x);
        return PLAIN_NUMBER;
    }
    if (type == &PyLong_Type) {
        to->number = PyLong_AsDouble(x);
        if (to->number != -1.0 || !PyErr_Occurred())
            return PLAIN_NUMBER;
        PyErr_Clear();
    }
    return ANYTHING;
}

/* The list whose `append` is the only watcher, as around the sample of a batch; else NULL. */
static PyObject *list_of_nodes(PyObject *seen)
{
    PyObject *append = PyTuple_GET_SIZE(seen) == 1 ? PyTuple_GET_ITEM(seen, 0) : NULL;
    if (!append || !Py_IS_TYPE(append, &PyCFunction_Type) ||
        PyCFunction_GET_FUNCTION(append) != PyCFunction_GET_FUNCTION(append_of_list))
        return NULL;
    PyObject *list = PyCFunction_GET_SELF(append);
    return list && PyList_CheckExact(list) ? list : NULL;
}

/* Whether C makes a node of operands of these kinds here: of usual nodes where it needs a note or
   goes to a list at most, of traced ones where a tape alone watches. Else Python has to look. */
static int look_around(int kinds, Around *around)
{
    PyObject *state = NULL, *call = NULL;
    kinds &= ~PLAIN_NUMBER;
    around->note = NULL;
    around->tape = NULL;
    around->made = NULL;
    around->forgets = 0;
    if (kinds == USUAL_NODE && PyList_GET_SIZE(watchers) == 0)
        return 1;
    if (kinds != USUAL_NODE && kinds != TRACED_NODE)
        return 0;
    int known = PyContextVar_Get(here_variable, NULL, &state) == 0 && state &&
                PyContextVar_Get(running, NULL, &call) == 0 && call;
    PyObject *seen = known ? SLOT_AT(state, at_watchers) : NULL;
    around->forgets = known && SLOT_AT(state, at_forgetting) == Py_True;
    known = seen && PyTuple_CheckExact(seen) &&
            SLOT_AT(state, at_since) == PyDict_GetItemWithError(watching_names, latest);
    if (known && kinds == TRACED_NODE) {
        PyObject *tape = PyTuple_GET_SIZE(seen) == 1 ? PyTuple_GET_ITEM(seen, 0) : NULL;
        known = tape && Py_IS_TYPE(tape, &TapeType) && !around->forgets;
        around->tape = known ? (Tape *)tape : NULL;
    } else if (known && PyTuple_GET_SIZE(seen)) {
        around->made = list_of_nodes(seen);
        known = around->made && !around->forgets;
    }
    if (known && call != Py_None)
        around->note = call; /* which the context holds, as it does the state */
    Py_XDECREF(state);
    Py_XDECREF(call);
    if (!known)
        PyErr_Clear();
    return known;
}

/* A new node without its record; `held` if an operand holds an object. */
static inline Node *begin_node(const Around *around, double data, int held)
{
    Py_XINCREF(around->note); /* a collection may come between */
    Node *self = new_node(around->tape ? traced_type : value_type);
    if (!self) {
        Py_XDECREF(around->note);
        return NULL;
    }
    self->data = data;
    self->note = around->note;
    self->time = now;
    if (held) {
        self->flags = HOLDS;
        PyObject_GC_Track(self);
    }
    return self;
}

static inline PyObject *end_node(const Around *around, Node *self)
{
    if (around->made && PyList_Append(around->made, (PyObject *)self) < 0)
        Py_CLEAR(self);
    return around->tape ? tape_record(around->tape, self) : (PyObject *)self;
}

/* Whether C computes the row: not if somebody has changed the op. */
#define IS_KNOWN(i) (op_of_row[i] && ((Op *)op_of_row[i])->row)

/* The node of a row; NULL without an error where Python has to make it. */
static inline PyObject *record(int row, const Operand *x, int kinds)
{
    Around around;
    if (!IS_KNOWN(row) || !look_around(kinds, &around))
        return NULL;
    Node *self = begin_node(&around, ROWS[row].value(x[0].number, x[1].number, 0.0),
                            !around.forgets && (holds(x[0].node) || holds(x[1].node)));
    if (!self || around.forgets)
        return (PyObject *)self;
    self->row = (int16_t)(row + 1);
    self->record.two[0] = x[0];
    self->record.two[1] = x[1];
    Py_XINCREF(x[0].node);
    Py_XINCREF(x[1].node);
    return end_node(&around, self);
}

static PyObject *infix(int row, PyObject *left, PyObject *right)
{
    Operand x[2];
    int kind = read_operand(left, &x[0]), kinds = kind | read_operand(right, &x[1]);
    if (row == ROW_add && kind == PLAIN_NUMBER && x[0].number == 0.0 && PyLong_CheckExact(left) &&
        IS_KNOWN(row) && !(kinds & ANYTHING))
        return Py_NewRef(right); /* as the builtin sum begins */
    PyObject *found = record(row, x, kinds);
    if (found || PyErr_Occurred())
        return found;
    int reflected = !IS_NODE(left);
    PyObject *method = python_methods[row][(kinds & TRACED_NODE) != 0][reflected];
    if (!method)
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *arguments[] = {reflected ? right : left, reflected ? left : right};
    return PyObject_Vectorcall(method, arguments, 2, NULL);
}

static PyObject *prefix(int row, PyObject *x)
{
    Operand operands[2] = {{NULL, 0.0}, {NULL, 0.0}};
    PyObject *found = record(row, operands, read_operand(x, operands));
    if (found || PyErr_Occurred())
        return found;
    return PyObject_CallOneArg(python_methods[row][0][0], x);
}

#define INFIX(name) \
    static PyObject *node_##name(PyObject *x, PyObject *y) { return infix(ROW_##name, x, y); }
INFIX(add)
INFIX(sub)
INFIX(mul)
INFIX(div)
INFIX(mod)
INFIX(floordiv)

static PyObject *node_pow(PyObject *x, PyObject *y, PyObject *modulus)
{
    if (modulus != Py_None)
        Py_RETURN_NOTIMPLEMENTED;
    return infix(ROW_pow, x, y);
}

static PyObject *node_neg(PyObject *x) { return prefix(ROW_neg, x); }
static PyObject *node_abs(PyObject *x) { return prefix(ROW_abs, x); }

static PyNumberMethods node_operators = {
    .nb_add = node_add,
    .nb_subtract = node_sub,
    .nb_multiply = node_mul,
    .nb_true_divide = node_div,
    .nb_remainder = node_mod,
    .nb_floor_divide = node_floordiv,
    .nb_power = node_pow,
    .nb_negative = node_neg,
    .nb_absolute = node_abs,
};

static PyTypeObject NodeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Node",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A number, its gradient, and the record of how it was computed.",
    .tp_dealloc = (destructor)node_dealloc,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_getset = node_attributes,
    .tp_members = node_members,
    .tp_methods = node_methods,
    .tp_as_number = &node_operators,
};
