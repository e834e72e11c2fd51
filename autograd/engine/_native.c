/* The native engine: nodes, their recording, the order of a graph and the chain rule, in C.

   The definition is the Python heart (op.py, node.py, graph.py, value.py, commit.py); this does the
   same for what it knows, with the same bits, and hands everything else back to the Python
   functions. What it knows: ops of one or two operands, whose values and rules stand in
   _calculus.h, written from calculus.py; Values, leaves and constants of no subclass; gradients
   that are numbers. Everything is protected by the interpreter lock (the GIL).

     Node     a number, its gradient, and the record of how it was computed
     Op       the base of ops: the number of its row in _calculus.h
     Routine  a Python function with a faster way for what is usual
     Graph    the nodes of a pass, in order, with what flows back to each
*/
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h> /* of Python before 3.12 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "_calculus.h"

#ifndef BUILT_FROM
#define BUILT_FROM "" /* the hash of the files that this was built from, see native.py */
#endif

/* --- nodes ------------------------------------------------------------------------------- */

typedef struct {
    PyObject *node; /* NULL for a plain number */
    double number;  /* what it was when the node was computed */
} Operand;

enum gradient_kind { UNREACHED, NUMBER, OBJECT };

typedef struct {
    PyObject_HEAD
    double data;
    union {
        double number;
        PyObject *object; /* a float that Python has seen or set, None, a node, … */
    } gradient;
    PyObject *op;   /* NULL at a leaf */
    PyObject *note; /* NULL if nothing is written on it */
    uint64_t mark;     /* where the node stands in the last pass that went through it */
    uint64_t changed;  /* when the number was last assigned */
    uint64_t recorded; /* when the numbers of the operands were taken */
    uint32_t count;    /* of the operands */
    int16_t row;       /* of the op in the table, -1 if it is not there */
    uint8_t gradient_kind;
    uint8_t followed; /* the collector knows this node and all that it was computed from */
    union {
        Operand two[2];
        Operand *many; /* if there are more */
    } operands;
} Node;

/* An op of many operands, for one count of them: see formulas/native_programs.py. */
typedef struct {
    int row; /* -1 chooses */
    uint32_t from[3];
} Step;

typedef struct {
    enum rule_kind kind;
    uint32_t from;
} Result;

typedef struct {
    Py_ssize_t constants, steps, results;
    double *constant;
    Step *step;
    Result *result;
} Steps;

typedef struct {
    Steps value, locals;
    int strong;
} Program;

enum op_form { UNKNOWN, LIST, PAIRS, PLAIN }; /* how a call gives the operands of many */

#define MOST_OPERANDS 256

typedef struct {
    PyObject_HEAD
    int row; /* counted from 1; 0 if the table does not have the op */
    enum op_form form;
    Program **programs; /* for each count of operands */
} Op;

static PyTypeObject NodeType, OpType, RoutineType;

/* What Python hands in when it imports the engine. */
static PyTypeObject *value_type, *leaf_type, *constant_type;
static PyObject *unreached, *one, *watchers, *here_variable, *state_type, *watching_names;
static PyObject *used_gradients, *may_warn, *add_gradients, *write_programs, *zero;
static PyObject *op_of_row[sizeof ROWS / sizeof *ROWS];
static PyObject *infix_methods[sizeof ROWS / sizeof *ROWS][2]; /* value op other, other op value */
static PyObject *prefix_methods[sizeof ROWS / sizeof *ROWS];
static int row_add, row_sub, row_mul, row_div, row_mod, row_floordiv, row_pow, row_neg, row_abs;

static uint64_t marks = 1;   /* the next mark */
static uint64_t changes = 1; /* of numbers so far: the time by which nodes are out of date */

#define IS_NODE(x) PyObject_TypeCheck(x, &NodeType)

static inline Operand *operands_of(Node *self)
{
    return self->count <= 2 ? self->operands.two : self->operands.many;
}

/* Whether the type is one of those that behave as the heart says, in every respect. */
static inline int is_usual(PyTypeObject *type)
{
    return type == value_type || type == leaf_type || type == constant_type;
}

/* A node dies after its operands were set aside, so that a long chain dies without recursion. */
static struct {
    PyObject **objects;
    size_t count, room;
    int busy;
} dying;

static void set_aside(PyObject *object)
{
    if (Py_REFCNT(object) > 1) {
        Py_DECREF(object);
        return;
    }
    if (dying.count == dying.room) {
        size_t room = dying.room ? 2 * dying.room : 256;
        PyObject **objects = PyMem_Realloc(dying.objects, room * sizeof *objects);
        if (!objects) {
            Py_DECREF(object); /* deeper, as long as the stack lasts */
            return;
        }
        dying.objects = objects;
        dying.room = room;
    }
    dying.objects[dying.count++] = object;
}

static void release_those_set_aside(void)
{
    if (dying.busy)
        return;
    dying.busy = 1;
    while (dying.count)
        Py_DECREF(dying.objects[--dying.count]);
    dying.busy = 0;
}

static void drop_operands(Node *self)
{
    Operand *operands = operands_of(self);
    Operand *block = self->count > 2 ? operands : NULL;
    Operand two[2] = {self->operands.two[0], self->operands.two[1]};
    uint32_t count = self->count;
    self->count = 0;
    if (!block)
        operands = two;
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].node)
            set_aside(operands[i].node);
    PyMem_Free(block);
    release_those_set_aside();
}

static int node_clear(Node *self)
{
    if (self->gradient_kind == OBJECT) {
        self->gradient_kind = UNREACHED;
        set_aside(self->gradient.object);
    }
    Py_CLEAR(self->note);
    drop_operands(self);
    Py_CLEAR(self->op);
    return 0;
}

static int node_traverse(Node *self, visitproc visit, void *arg)
{
    if (self->gradient_kind == OBJECT)
        Py_VISIT(self->gradient.object);
    Py_VISIT(self->note);
    Py_VISIT(self->op);
    Operand *operands = operands_of(self);
    for (uint32_t i = 0; i < self->count; i++)
        Py_VISIT(operands[i].node);
    return 0;
}

/* The memory of dead Values, for the next ones: a training step makes as many as the last. */
#define MOST_KEPT 65536
static Node *kept[MOST_KEPT];
static size_t kept_count;

/* Python's deallocator of the subclass calls this, and releases the type. */
static void node_dealloc(Node *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    if (Py_IS_TYPE(self, value_type) && kept_count < MOST_KEPT)
        kept[kept_count++] = self;
    else
        Py_TYPE(self)->tp_free((PyObject *)self);
}

/* Let the collector know a node and all that it was computed from: they may be part of a cycle. */
static int follow(PyObject *first)
{
    size_t count = 1, room = 64;
    Node **stack = PyMem_Malloc(room * sizeof *stack);
    if (!stack)
        goto no_memory;
    stack[0] = (Node *)first;
    while (count) {
        Node *node = stack[--count];
        if (node->followed)
            continue;
        node->followed = 1;
        if (!PyObject_GC_IsTracked((PyObject *)node))
            PyObject_GC_Track(node);
        if (count + node->count + 1 > room) {
            room = 2 * room + node->count;
            Node **larger = PyMem_Realloc(stack, room * sizeof *stack);
            if (!larger)
                goto no_memory;
            stack = larger;
        }
        for (uint32_t i = 0; i < node->count; i++)
            if (operands_of(node)[i].node)
                stack[count++] = (Node *)operands_of(node)[i].node;
        if (node->gradient_kind == OBJECT && IS_NODE(node->gradient.object))
            stack[count++] = (Node *)node->gradient.object;
    }
    PyMem_Free(stack);
    return 0;
no_memory:
    PyMem_Free(stack);
    PyErr_NoMemory();
    return -1;
}

/* --- attributes of nodes ------------------------------------------------------------------ */

static int refuse_to_delete(PyObject *value, const char *name)
{
    if (!value)
        PyErr_SetString(PyExc_AttributeError, name);
    return !value;
}

static PyObject *get_data(Node *self, void *closure)
{
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
    self->changed = ++changes;
    return 0;
}

/* A number that Python sees stays that very object until another one takes its place. */
static PyObject *get_gradient(Node *self, void *as_number)
{
    if (self->gradient_kind == UNREACHED)
        return Py_NewRef(as_number ? zero : unreached);
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
    PyObject *before = self->gradient_kind == OBJECT ? self->gradient.object : NULL;
    if (value == unreached)
        self->gradient_kind = UNREACHED;
    else {
        self->gradient_kind = OBJECT;
        self->gradient.object = Py_NewRef(value);
    }
    if (before) {
        set_aside(before);
        release_those_set_aside();
    }
    return 0;
}

static PyObject *get_op(Node *self, void *closure)
{
    return Py_NewRef(self->op ? self->op : Py_None);
}

static int set_op(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "op"))
        return -1;
    PyObject *before = self->op;
    self->op = value == Py_None ? NULL : Py_NewRef(value);
    self->row = PyObject_TypeCheck(value, &OpType) ? (int16_t)(((Op *)value)->row - 1) : -1;
    Py_XDECREF(before);
    return 0;
}

static PyObject *get_operands(Node *self, void *closure)
{
    PyObject *found = PyTuple_New(self->count);
    for (uint32_t i = 0; found && i < self->count; i++) {
        Operand *x = &operands_of(self)[i];
        PyObject *item = x->node ? Py_NewRef(x->node) : PyFloat_FromDouble(x->number);
        if (!item)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, i, item);
    }
    return found;
}

/* Take over operands from a tuple of nodes and floats, with the numbers that they have now. */
static int set_operands(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "operands"))
        return -1;
    if (!PyTuple_Check(value)) {
        PyErr_Format(PyExc_TypeError, "operands are a tuple, got %s", Py_TYPE(value)->tp_name);
        return -1;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(value);
    Operand two[2] = {{NULL, 0.0}, {NULL, 0.0}};
    Operand *operands = count > 2 ? PyMem_Calloc(count, sizeof *operands) : two;
    if (!operands) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *x = PyTuple_GET_ITEM(value, i);
        if (IS_NODE(x)) {
            operands[i].node = x;
            operands[i].number = ((Node *)x)->data;
        } else {
            operands[i].number = PyFloat_AsDouble(x);
            if (operands[i].number == -1.0 && PyErr_Occurred()) {
                if (count > 2)
                    PyMem_Free(operands);
                return -1;
            }
        }
    }
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XINCREF(operands[i].node);
    drop_operands(self);
    if (count > 2)
        self->operands.many = operands;
    else
        memcpy(self->operands.two, two, sizeof two);
    self->count = (uint32_t)count;
    self->recorded = changes;
    if (!self->followed)
        return 0;
    self->followed = 0;
    return follow((PyObject *)self);
}

static PyObject *get_recorded(Node *self, void *closure)
{
    PyObject *found = PyTuple_New(self->count);
    for (uint32_t i = 0; found && i < self->count; i++) {
        PyObject *item = PyFloat_FromDouble(operands_of(self)[i].number);
        if (!item)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, i, item);
    }
    return found;
}

static int set_recorded(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "_recorded"))
        return -1;
    if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != self->count) {
        PyErr_SetString(PyExc_ValueError, "recorded is a tuple of one number for each operand");
        return -1;
    }
    for (uint32_t i = 0; i < self->count; i++)
        if (!PyFloat_Check(PyTuple_GET_ITEM(value, i))) {
            PyErr_SetString(PyExc_TypeError, "recorded numbers are floats");
            return -1;
        }
    for (uint32_t i = 0; i < self->count; i++)
        operands_of(self)[i].number = PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(value, i));
    self->recorded = changes;
    return 0;
}

static PyObject *get_note(Node *self, void *closure)
{
    if (!self->note)
        PyErr_SetString(PyExc_AttributeError, "note");
    return Py_XNewRef(self->note);
}

static int set_note(Node *self, PyObject *value, void *closure)
{
    if (refuse_to_delete(value, "note"))
        return -1;
    Py_XSETREF(self->note, Py_NewRef(value));
    return 0;
}

static PyGetSetDef node_attributes[] = {
    {"_data", (getter)get_data, (setter)set_data, "The number.", NULL},
    {"_grad", (getter)get_gradient, (setter)set_gradient, "The gradient as it is held.", NULL},
    {"grad", (getter)get_gradient, (setter)set_gradient,
     "The gradient: the sum over the backward passes so far, 0 if none has reached the node.\n\n"
     "None at a constant; a Value after ``backward(create_graph=True)``.", &NodeType},
    {"_recorded", (getter)get_recorded, (setter)set_recorded, "The operands' numbers.", NULL},
    {"op", (getter)get_op, (setter)set_op, "What made the node, None at a leaf.", NULL},
    {"operands", (getter)get_operands, (setter)set_operands, "What the op was applied to.", NULL},
    {"note", (getter)get_note, (setter)set_note, "What is written on the node.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *node_has_moved(Node *self, PyObject *slot)
{
    long i = PyLong_AsLong(slot);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (i < 0 || i >= (long)self->count)
        return PyErr_Format(PyExc_IndexError, "there is no operand %ld", i);
    Operand *was = &operands_of(self)[i];
    Node *x = (Node *)was->node;
    if (!x)
        Py_RETURN_FALSE;
    if (x->op)
        return PyBool_FromLong(x->changed > self->recorded);
    double now = x->data;
    int same = now == was->number ? signbit(now) == signbit(was->number)
                                  : now != now && was->number != was->number;
    return PyBool_FromLong(!same);
}

static PyMethodDef node_methods[] = {
    {"has_moved", (PyCFunction)node_has_moved, METH_O,
     "Whether an operand has changed since the node was computed."},
    {NULL, NULL, 0, NULL},
};

/* --- recording ---------------------------------------------------------------------------- */

/* Where a state of the context holds what it says, and the name of the latest end of a block. */
static Py_ssize_t at_watchers, at_forgetting, at_call, at_since;
static PyObject *latest;

#define HELD(state, offset) (*(PyObject **)((char *)(state) + (offset)))

/* Whether new nodes of this context need a note at most; else Python has to look at them. */
static int look_around(PyObject **note)
{
    PyObject *state;
    *note = NULL;
    if (PyList_GET_SIZE(watchers) == 0)
        return 1;
    if (PyContextVar_Get(here_variable, NULL, &state) < 0 || !state) {
        PyErr_Clear();
        return 0;
    }
    PyObject *seen = HELD(state, at_watchers), *call = HELD(state, at_call);
    int quiet = seen && PyTuple_CheckExact(seen) && !PyTuple_GET_SIZE(seen) &&
                HELD(state, at_forgetting) == Py_False && call &&
                HELD(state, at_since) == PyDict_GetItemWithError(watching_names, latest);
    if (quiet && call != Py_None)
        *note = call; /* the context holds the state, which is never changed */
    Py_DECREF(state);
    return quiet;
}

/* Read an operand: a usual node, a float or an int. 0 for anything else. */
static inline int read_operand(PyObject *x, Operand *to)
{
    PyTypeObject *type = Py_TYPE(x);
    if (is_usual(type)) {
        to->node = x;
        to->number = ((Node *)x)->data;
        return 1;
    }
    to->node = NULL;
    if (type == &PyFloat_Type) {
        to->number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (type == &PyLong_Type) {
        to->number = PyLong_AsDouble(x);
        if (to->number != -1.0 || !PyErr_Occurred())
            return 1;
        PyErr_Clear();
    }
    return 0;
}

/* Whether C computes the row: not if somebody has changed the op. */
#define IS_KNOWN(row) (op_of_row[row] && ((Op *)op_of_row[row])->row)

static Node *new_value(void)
{
    Node *self = kept_count ? (Node *)PyObject_Init((PyObject *)kept[--kept_count], value_type)
                            : PyObject_GC_New(Node, value_type);
    if (self)
        memset((char *)self + sizeof(PyObject), 0, sizeof(Node) - sizeof(PyObject));
    return self; /* the collector does not know it: see follow() */
}

static PyObject *record(int row, const Operand *x, PyObject *note)
{
    Py_XINCREF(note); /* a collection may come between */
    Node *self = new_value();
    if (!self) {
        Py_XDECREF(note);
        return NULL;
    }
    self->data = ROWS[row].value(x[0].number, x[1].number, 0.0);
    self->op = Py_NewRef(op_of_row[row]);
    self->note = note;
    self->recorded = changes;
    self->row = (int16_t)row;
    self->count = (uint32_t)ROWS[row].operands;
    self->operands.two[0] = x[0];
    self->operands.two[1] = x[1];
    Py_XINCREF(x[0].node);
    Py_XINCREF(x[1].node);
    return (PyObject *)self;
}

static PyObject *infix(int row, PyObject *left, PyObject *right)
{
    Operand x[2];
    PyObject *note;
    if (IS_KNOWN(row) && read_operand(left, &x[0]) && read_operand(right, &x[1]) &&
        (x[0].node || x[1].node)) {
        if (row == row_add && !x[0].node && PyLong_CheckExact(left) && x[0].number == 0.0)
            return Py_NewRef(right); /* as the builtin sum begins */
        if (look_around(&note))
            return record(row, x, note);
    }
    int reflected = !IS_NODE(left);
    PyObject *method = infix_methods[row][reflected];
    if (!method)
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *arguments[] = {reflected ? right : left, reflected ? left : right};
    return PyObject_Vectorcall(method, arguments, 2, NULL);
}

static PyObject *prefix(int row, PyObject *x)
{
    Operand operands[2] = {{NULL, 0.0}, {NULL, 0.0}};
    PyObject *note;
    if (IS_KNOWN(row) && is_usual(Py_TYPE(x)) && look_around(&note)) {
        read_operand(x, operands);
        return record(row, operands, note);
    }
    if (!prefix_methods[row])
        return PyErr_Format(PyExc_TypeError, "%s is not connected", ROWS[row].name);
    return PyObject_CallOneArg(prefix_methods[row], x);
}

#define INFIX(name) \
    static PyObject *node_##name(PyObject *x, PyObject *y) { return infix(row_##name, x, y); }
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
    return infix(row_pow, x, y);
}

static PyObject *node_neg(PyObject *x) { return prefix(row_neg, x); }
static PyObject *node_abs(PyObject *x) { return prefix(row_abs, x); }

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
    .tp_methods = node_methods,
    .tp_as_number = &node_operators,
};

/* --- ops of many operands --------------------------------------------------------------------- */

static Program no_program; /* in the place of what Python computes */

static void *copied_items(PyObject *tuple, size_t size, Py_ssize_t *count)
{
    *count = PyTuple_Check(tuple) ? PyTuple_GET_SIZE(tuple) : -1;
    void *found = *count < 0 ? NULL : PyMem_Calloc((size_t)*count + 1, size);
    if (!found && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "a program is made of tuples");
    return found;
}

static int read_steps(Steps *self, PyObject *program)
{
    PyObject *constants, *steps, *results;
    if (!PyArg_ParseTuple(program, "OOO", &constants, &steps, &results) ||
        !(self->constant = copied_items(constants, sizeof *self->constant, &self->constants)) ||
        !(self->step = copied_items(steps, sizeof *self->step, &self->steps)) ||
        !(self->result = copied_items(results, sizeof *self->result, &self->results)))
        return -1;
    for (Py_ssize_t i = 0; i < self->constants; i++)
        self->constant[i] = PyFloat_AsDouble(PyTuple_GET_ITEM(constants, i));
    for (Py_ssize_t i = 0; i < self->steps; i++) {
        Step *step = &self->step[i];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(steps, i), "iIII", &step->row, &step->from[0],
                              &step->from[1], &step->from[2]))
            return -1;
    }
    for (Py_ssize_t i = 0; i < self->results; i++) {
        int kind;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(results, i), "iI", &kind, &self->result[i].from))
            return -1;
        self->result[i].kind = (enum rule_kind)kind;
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* The program of an op for so many operands; NULL if Python computes it, or with an error set. */
static Program *find_program(PyObject *op, Py_ssize_t count)
{
    Op *self = (Op *)op;
    if (!PyObject_TypeCheck(op, &OpType) || self->form == UNKNOWN || count > MOST_OPERANDS)
        return NULL;
    if (!self->programs &&
        !(self->programs = PyMem_Calloc(MOST_OPERANDS + 1, sizeof *self->programs))) {
        PyErr_NoMemory();
        return NULL;
    }
    if (!self->programs[count]) { /* this runs Python, which may come here again */
        PyObject *strong = PyObject_GetAttrString(op, "strong");
        PyObject *found = strong ? PyObject_CallFunction(write_programs, "On", op, count) : NULL;
        Program *program = found == Py_None ? &no_program : PyMem_Calloc(1, sizeof *program);
        if (found && found != Py_None && program) {
            PyObject *value = PySequence_GetItem(found, 0), *locals = PySequence_GetItem(found, 1);
            if (!value || !locals || read_steps(&program->value, value) < 0 ||
                read_steps(&program->locals, locals) < 0 ||
                (program->strong = PyObject_IsTrue(strong)) < 0)
                Py_CLEAR(found);
            Py_XDECREF(value), Py_XDECREF(locals);
        }
        Py_XDECREF(strong);
        if (!found)
            return NULL;
        Py_DECREF(found);
        self->programs[count] = program;
    }
    return self->programs[count] == &no_program ? NULL : self->programs[count];
}

/* Run the steps on the operands and the result: all registers, which hold until the next run. */
static const double *run_steps(const Steps *self, const Operand *x, uint32_t count, double out)
{
    static double *registers;
    static size_t room;
    size_t wanted = (size_t)count + 1 + (size_t)self->constants + (size_t)self->steps;
    if (wanted > room) {
        double *larger = PyMem_Realloc(registers, 2 * wanted * sizeof *registers);
        if (!larger) {
            PyErr_NoMemory();
            return NULL;
        }
        registers = larger;
        room = 2 * wanted;
    }
    for (uint32_t i = 0; i < count; i++)
        registers[i] = x[i].number;
    registers[count] = out;
    double *next = registers + count + 1;
    for (Py_ssize_t i = 0; i < self->constants; i++)
        *next++ = self->constant[i];
    for (Py_ssize_t i = 0; i < self->steps; i++) {
        const Step *step = &self->step[i];
        const double a = registers[step->from[0]], b = registers[step->from[1]];
        if (step->row < 0)
            *next++ = a != 0.0 ? b : registers[step->from[2]];
        else
            *next++ = ROWS[step->row].value(a, b, 0.0);
    }
    return registers;
}

/* The node of an op of many operands; NULL without an error where Python has to make it. */
static PyObject *call_many(Op *self, PyObject *arguments)
{
    PyObject *note, *halves[2] = {arguments, NULL};
    Py_ssize_t given = PyTuple_GET_SIZE(arguments);
    if ((self->form == LIST && given == 1) || (self->form == PAIRS && given == 2))
        for (Py_ssize_t i = 0; i < given; i++) {
            halves[i] = PyTuple_GET_ITEM(arguments, i);
            if (!PyList_CheckExact(halves[i]) && !PyTuple_CheckExact(halves[i]))
                return NULL;
        }
    else if (self->form == PAIRS)
        return NULL;
    Py_ssize_t half = PySequence_Fast_GET_SIZE(halves[0]), count = half;
    if (halves[1]) {
        if (PySequence_Fast_GET_SIZE(halves[1]) != half)
            return NULL;
        count = 2 * half;
    }
    Program *program = count ? find_program((PyObject *)self, count) : NULL;
    if (!program || PySequence_Fast_GET_SIZE(halves[0]) != half || !look_around(&note) ||
        (halves[1] && PySequence_Fast_GET_SIZE(halves[1]) != half))
        return NULL;
    Operand few[2], *operands = few;
    if (count > 2 && !(operands = PyMem_Malloc((size_t)count * sizeof *operands)))
        return PyErr_NoMemory();
    int has_node = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *x = PySequence_Fast_GET_ITEM(halves[i >= half], i % half);
        if (!read_operand(x, &operands[i])) {
            has_node = 0;
            break;
        }
        has_node |= operands[i].node != NULL;
    }
    const double *found = has_node ? run_steps(&program->value, operands, (uint32_t)count, 0.0)
                                   : NULL;
    if (!found) {
        if (count > 2)
            PyMem_Free(operands);
        return NULL;
    }
    double data = found[program->value.result[0].from];
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XINCREF(operands[i].node);
    Py_XINCREF(note);
    Node *node = new_value();
    if (!node) {
        for (Py_ssize_t i = 0; i < count; i++)
            Py_XDECREF(operands[i].node);
        Py_XDECREF(note);
        if (count > 2)
            PyMem_Free(operands);
        return NULL;
    }
    node->data = data;
    node->note = note;
    node->op = Py_NewRef(self);
    node->row = -1;
    node->recorded = changes;
    node->count = (uint32_t)count;
    if (count > 2)
        node->operands.many = operands;
    else
        memcpy(node->operands.two, few, (size_t)count * sizeof *few);
    return (PyObject *)node;
}

/* ``op(x, y)``: of numbers a float, of usual nodes a node, of anything else what Python says. */
static PyObject *op_call(Op *self, PyObject *arguments, PyObject *options)
{
    int row = self->row - 1;
    Py_ssize_t count = PyTuple_GET_SIZE(arguments);
    if (row >= 0 && count == ROWS[row].operands && !options) {
        Operand x[2] = {{NULL, 0.0}, {NULL, 0.0}};
        PyObject *note;
        if (read_operand(PyTuple_GET_ITEM(arguments, 0), &x[0]) &&
            (count < 2 || read_operand(PyTuple_GET_ITEM(arguments, 1), &x[1]))) {
            if (!x[0].node && !x[1].node)
                return PyFloat_FromDouble(ROWS[row].value(x[0].number, x[1].number, 0.0));
            if (look_around(&note))
                return record(row, x, note);
        }
    }
    if (self->form != UNKNOWN && (!options || !PyDict_GET_SIZE(options))) {
        PyObject *found = call_many(self, arguments);
        if (found || PyErr_Occurred())
            return found;
    }
    PyObject *call = PyObject_GetAttrString((PyObject *)self, "_call");
    if (!call)
        return NULL;
    PyObject *found = PyObject_Call(call, arguments, options);
    Py_DECREF(call);
    return found;
}

/* An op that somebody changes is Python's from then on. */
static int op_set(Op *self, PyObject *name, PyObject *value)
{
    self->row = 0;
    self->form = UNKNOWN;
    return PyObject_GenericSetAttr((PyObject *)self, name, value);
}

static PyTypeObject OpType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Op",
    .tp_basicsize = sizeof(Op),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The base of ops: the row of the calculus that C knows, if it does.",
    .tp_call = (ternaryfunc)op_call,
    .tp_setattro = (setattrofunc)op_set,
};

/* --- the order of a graph ------------------------------------------------------------------ */

#define NONE UINT32_MAX

typedef struct {
    uint64_t base;      /* the mark of the first node */
    uint32_t count;     /* of the nodes, which are numbered as they are found */
    size_t room;        /* for nodes */
    size_t edges, edge_room;
    Node **nodes;
    uint32_t *order;    /* the numbers of the nodes: operands before results */
    uint32_t *stack;
    uint32_t *cursor;   /* the next operand of a node to look at */
    size_t *first;      /* the first edge of a node */
    uint32_t *targets;  /* of each edge: the number of the operand, NONE for a plain number */
    uint8_t *constant;  /* of each node: no gradient flows to it */
    uint8_t *reached;
    double *sums;
    uint32_t *arrivals; /* the numbers of the nodes that are reached, in this order */
    uint32_t arrived;
} Graph;

/* The arrays of the last pass, for the next one. */
static Graph spare;

static Graph graph_new(void)
{
    Graph found = spare;
    memset(&spare, 0, sizeof spare);
    return found;
}

/* Let go of the nodes, but not of the arrays. */
static void graph_reset(Graph *self)
{
    for (uint32_t i = 0; i < self->count; i++)
        Py_DECREF(self->nodes[i]);
    self->count = self->arrived = 0;
    self->edges = 0;
}

static void graph_free(Graph *self)
{
    graph_reset(self);
    if (!spare.room && self->room && self->room <= 1 << 17) {
        spare = *self;
        return;
    }
    PyMem_Free(self->nodes), PyMem_Free(self->order), PyMem_Free(self->stack);
    PyMem_Free(self->cursor), PyMem_Free(self->first), PyMem_Free(self->targets);
    PyMem_Free(self->constant), PyMem_Free(self->reached), PyMem_Free(self->sums);
    PyMem_Free(self->arrivals);
    memset(self, 0, sizeof *self);
}

static int grow(void *array, size_t size)
{
    void *larger = PyMem_Realloc(*(void **)array, size);
    if (!larger) {
        PyErr_NoMemory();
        return -1;
    }
    *(void **)array = larger;
    return 0;
}

/* Give the node the next number. */
static int graph_add(Graph *self, Node *node)
{
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        if (room > NONE || grow(&self->nodes, room * sizeof *self->nodes) < 0 ||
            grow(&self->order, room * sizeof *self->order) < 0 ||
            grow(&self->stack, room * sizeof *self->stack) < 0 ||
            grow(&self->cursor, room * sizeof *self->cursor) < 0 ||
            grow(&self->first, (room + 1) * sizeof *self->first) < 0 ||
            grow(&self->constant, room) < 0 || grow(&self->reached, room) < 0 ||
            grow(&self->sums, room * sizeof *self->sums) < 0 ||
            grow(&self->arrivals, room * sizeof *self->arrivals) < 0)
            return -1;
        self->room = room;
    }
    if (self->edges + node->count > self->edge_room) {
        size_t room = 2 * self->edge_room + node->count + 64;
        if (grow(&self->targets, room * sizeof *self->targets) < 0)
            return -1;
        self->edge_room = room;
    }
    self->nodes[self->count] = (Node *)Py_NewRef(node);
    self->cursor[self->count] = 0;
    self->first[self->count] = self->edges;
    self->edges += node->count;
    self->first[++self->count] = self->edges;
    node->mark = marks++;
    return 0;
}

/* Number and order all nodes that `root` was computed from. Signals are handled on the way; where
   a handler has changed marks, another attempt begins. */
static int graph_order(Graph *self, Node *root)
{
    uint32_t ordered, depth, steps;
again:
    graph_reset(self);
    self->base = marks;
    ordered = depth = steps = 0;
    if (graph_add(self, root) < 0)
        return -1;
    self->stack[depth++] = 0;
    while (depth) {
        uint32_t i = self->stack[depth - 1], slot = self->cursor[i];
        Node *node = self->nodes[i];
        if (self->first[i] + slot == self->first[i + 1]) {
            self->order[ordered++] = i;
            depth--;
            continue;
        }
        self->cursor[i]++;
        Node *operand = slot < node->count ? (Node *)operands_of(node)[slot].node : NULL;
        uint32_t *target = &self->targets[self->first[i] + slot];
        if (!operand)
            *target = NONE;
        else if (operand->mark >= self->base)
            *target = (uint32_t)(operand->mark - self->base);
        else {
            uint32_t number = *target = self->count;
            if (graph_add(self, operand) < 0)
                return -1;
            if (operand->count)
                self->stack[depth++] = number;
            else
                self->order[ordered++] = number;
        }
        if (++steps % 65536 == 0) {
            if (PyErr_CheckSignals() < 0)
                return -1;
            if (marks != self->base + self->count)
                goto again;
        }
    }
    return 0;
}

/* --- the chain rule ------------------------------------------------------------------------ */

/* Note which nodes get no gradient. This may run code of a user's class. */
static int graph_find_constants(Graph *self)
{
    memset(self->reached, 0, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        self->constant[i] = 0;
        if (Py_TYPE(self->nodes[i]) == value_type)
            continue;
        PyObject *answer = PyObject_GetAttrString((PyObject *)self->nodes[i], "is_constant");
        int truth = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (truth < 0)
            return -1;
        self->constant[i] = (uint8_t)truth;
    }
    return 0;
}

static inline void graph_contribute(Graph *self, uint32_t target, double contribution)
{
    if (self->reached[target])
        self->sums[target] += contribution;
    else {
        self->sums[target] = contribution;
        self->reached[target] = 1;
        self->arrivals[self->arrived++] = target;
    }
}

/* An operand has changed since `node` was recorded: raise as Python does, if one matters. */
static int check_recorded(Node *node)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)node, "check_recorded");
    PyObject *options = Py_BuildValue("{s:O}", "connected", Py_False);
    PyObject *none = PyTuple_New(0), *found = NULL;
    if (method && options && none)
        found = PyObject_Call(method, none, options);
    Py_XDECREF(method), Py_XDECREF(options), Py_XDECREF(none), Py_XDECREF(found);
    return found ? 0 : -1;
}

/* What flows to a strong op's operand for an upstream of 0 is 0, whatever the derivative is. */
static inline double contribution_of(double upstream, double local, int strong, int is_one)
{
    if (strong && upstream == 0.0)
        return is_one ? upstream : 0.0;
    return upstream * local;
}

/* Through a node whose op is in the table. */
static int flow_by_row(Graph *self, uint32_t i, Node *node)
{
    const Row *row = &ROWS[node->row];
    const Operand *x = node->operands.two;
    const double left = x[0].number, right = row->operands > 1 ? x[1].number : 0.0;
    const double out = node->data, upstream = self->sums[i];
    const uint32_t *targets = self->targets + self->first[i];
    for (int slot = 0; slot < row->operands; slot++) {
        const Rule *rule = &row->rules[slot];
        uint32_t target = targets[slot];
        if (target == NONE || self->constant[target] || rule->kind == NOTHING)
            continue;
        Node *operand = self->nodes[target];
        if (operand->changed > node->recorded && check_recorded(node) < 0)
            return -1;
        double local = rule->kind == FUNCTION ? rule->function(left, right, out) : rule->constant;
        graph_contribute(
            self, target, contribution_of(upstream, local, row->strong, rule->kind == ONE));
    }
    return 0;
}

/* Through a node of an op of many operands. */
static int flow_by_program(Graph *self, uint32_t i, Node *node, const Program *program)
{
    const Operand *x = operands_of(node);
    const double *found = run_steps(&program->locals, x, node->count, node->data);
    if (!found)
        return -1;
    const uint32_t *targets = self->targets + self->first[i];
    for (uint32_t slot = 0; slot < node->count; slot++) {
        const Result *local = &program->locals.result[slot];
        uint32_t target = targets[slot];
        if (target == NONE || self->constant[target] || local->kind == NOTHING)
            continue;
        if (self->nodes[target]->changed > node->recorded && check_recorded(node) < 0)
            return -1;
        double number = local->kind == ONE ? 1.0 : found[local->from];
        graph_contribute(self, target, contribution_of(
            self->sums[i], number, program->strong, local->kind == ONE));
    }
    return 0;
}

/* Through a node whose op Python alone knows. 1 if its local derivatives are no plain numbers. */
static int flow_by_python(Graph *self, uint32_t i, Node *node)
{
    int result = -1;
    PyObject *found = NULL, *locals = NULL;
    PyObject *rule = PyObject_GetAttrString(node->op, "locals");
    PyObject *strength = PyObject_GetAttrString(node->op, "strong");
    PyObject *operands = get_operands(node, NULL), *recorded = get_recorded(node, NULL);
    PyObject *out = PyFloat_FromDouble(node->data);
    int strong = strength ? PyObject_IsTrue(strength) : -1;
    if (rule && strong >= 0 && operands && recorded && out)
        found = PyObject_CallFunctionObjArgs(rule, operands, recorded, out, NULL);
    if (found)
        locals = PySequence_Tuple(found); /* which nobody changes while Python runs */
    if (!locals)
        goto done;
    size_t count = self->first[i + 1] - self->first[i];
    if ((size_t)PyTuple_GET_SIZE(locals) < count)
        count = (size_t)PyTuple_GET_SIZE(locals);
    const uint32_t *targets = self->targets + self->first[i];
    for (size_t slot = 0; slot < count; slot++) {
        PyObject *local = PyTuple_GET_ITEM(locals, slot);
        uint32_t target = targets[slot];
        if (local == Py_None || target == NONE || self->constant[target])
            continue;
        Node *operand = self->nodes[target];
        if (operand->changed > node->recorded && check_recorded(node) < 0)
            goto done;
        if (!PyFloat_CheckExact(local) && !PyLong_CheckExact(local)) {
            result = 1;
            goto done;
        }
        double number = PyFloat_AsDouble(local);
        if (number == -1.0 && PyErr_Occurred())
            goto done;
        graph_contribute(
            self, target, contribution_of(self->sums[i], number, strong, local == one));
    }
    result = 0;
done:
    Py_XDECREF(rule), Py_XDECREF(strength), Py_XDECREF(operands), Py_XDECREF(recorded);
    Py_XDECREF(out), Py_XDECREF(found), Py_XDECREF(locals);
    return result;
}

/* The gradient of every node. 1 if Python has to find them, for they are no plain numbers. */
static int graph_differentiate(Graph *self, Node *root, double seed)
{
    if (graph_order(self, root) < 0 || graph_find_constants(self) < 0)
        return -1;
    if (!self->constant[0])
        graph_contribute(self, 0, seed);
    for (uint32_t k = self->count; k-- > 0;) {
        uint32_t i = self->order[k];
        Node *node = self->nodes[i];
        if (!node->op || !self->reached[i])
            continue;
        int known = node->row >= 0 && (uint32_t)ROWS[node->row].operands == node->count &&
                    ((Op *)node->op)->row;
        Program *program = known ? NULL : find_program(node->op, node->count);
        if (!known && !program && PyErr_Occurred())
            return -1;
        if (node->count != self->first[i + 1] - self->first[i]) /* somebody has changed it */
            known = 0, program = NULL;
        int found = known     ? flow_by_row(self, i, node)
                    : program ? flow_by_program(self, i, node, program)
                              : flow_by_python(self, i, node);
        if (found)
            return found;
        if (k % 65536 == 0 && PyErr_CheckSignals() < 0)
            return -1;
    }
    return 0;
}

/* The gradients as a dict, in the order in which they arrived. */
static PyObject *graph_as_dict(Graph *self)
{
    PyObject *found = PyDict_New();
    for (uint32_t k = 0; found && k < self->arrived; k++) {
        uint32_t i = self->arrivals[k];
        PyObject *number = PyFloat_FromDouble(self->sums[i]);
        if (!number || PyDict_SetItem(found, (PyObject *)self->nodes[i], number) < 0)
            Py_CLEAR(found);
        Py_XDECREF(number);
    }
    return found;
}

/* Add the gradients to those of the nodes, all at once: no Python runs between the first and the
   last. 1, and nothing is added, if a gradient is no plain number. */
static int graph_commit(Graph *self)
{
    for (uint32_t k = 0; k < self->arrived; k++) {
        Node *node = self->nodes[self->arrivals[k]];
        if (node->gradient_kind != OBJECT)
            continue;
        PyObject *before = node->gradient.object;
        if (PyFloat_CheckExact(before))
            continue;
        if (!PyLong_CheckExact(before))
            return 1;
        if (PyLong_AsDouble(before) == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return 1;
        }
    }
    for (uint32_t k = 0; k < self->arrived; k++) {
        uint32_t i = self->arrivals[k];
        Node *node = self->nodes[i];
        double sum = self->sums[i];
        if (node->gradient_kind == NUMBER)
            sum = node->gradient.number + sum;
        else if (node->gradient_kind == OBJECT) {
            PyObject *before = node->gradient.object;
            sum = (PyFloat_CheckExact(before) ? PyFloat_AS_DOUBLE(before)
                                              : PyLong_AsDouble(before)) + sum;
            Py_DECREF(before);
        }
        node->gradient.number = sum;
        node->gradient_kind = NUMBER;
    }
    return 0;
}

/* --- routines: Python functions with a faster way ------------------------------------------- */

/* The result; NULL without an error set where Python has to do it. */
typedef PyObject *(*Way)(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names);

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *python, *dict;
    Way way;
    int row;
} Routine;

static PyObject *way_prefix(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !IS_KNOWN(row) || !is_usual(Py_TYPE(arguments[0])))
        return NULL;
    Operand x[2] = {{NULL, 0.0}, {NULL, 0.0}};
    PyObject *note;
    read_operand(arguments[0], x);
    return look_around(&note) ? record(row, x, note) : NULL;
}

/* Every Value that an op computes is made here, unless Python has to look at it. */
static PyObject *way_make(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    PyObject *note;
    if (count != 4 || names || !PyFloat_CheckExact(arguments[3]) || !look_around(&note))
        return NULL;
    Py_XINCREF(note);
    Node *self = new_value();
    if (!self) {
        Py_XDECREF(note);
        return NULL;
    }
    self->data = PyFloat_AS_DOUBLE(arguments[3]);
    self->note = note;
    if (set_op(self, arguments[0], NULL) < 0 || set_operands(self, arguments[1], NULL) < 0 ||
        set_recorded(self, arguments[2], NULL) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* ``Value.__new__``: a leaf has its own class. */
static PyObject *way_new(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    if (count < 1 || arguments[0] != (PyObject *)value_type)
        return NULL;
    return PyType_GenericAlloc(leaf_type, 0);
}

/* ``Value.__init__`` of a new leaf with nothing but a number. */
static PyObject *way_init(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    Operand number;
    if (count != 2 || names || PyList_GET_SIZE(watchers) || !Py_IS_TYPE(arguments[0], leaf_type))
        return NULL;
    Node *self = (Node *)arguments[0];
    if (self->op || self->gradient_kind != UNREACHED || self->changed ||
        !read_operand(arguments[1], &number) || number.node)
        return NULL;
    self->data = number.number;
    self->changed = ++changes;
    Py_RETURN_NONE;
}

static PyObject *way_order(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !IS_NODE(arguments[0]))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_order(&graph, (Node *)arguments[0]) == 0 && (found = PyList_New(graph.count)))
        for (uint32_t k = 0; k < graph.count; k++)
            PyList_SET_ITEM(found, k, Py_NewRef(graph.nodes[graph.order[k]]));
    graph_free(&graph);
    return found;
}

static PyObject *
way_gradients(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    double seed = 1.0;
    if (count < 1 || count > 2 || !IS_NODE(arguments[0]))
        return NULL;
    if (names) {
        if (PyTuple_GET_SIZE(names) != 1 || arguments[count] != Py_False ||
            PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "connected") != 0)
            return NULL;
    }
    if (count == 2) {
        if (!PyFloat_CheckExact(arguments[1]))
            return NULL;
        seed = PyFloat_AS_DOUBLE(arguments[1]);
    }
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_differentiate(&graph, (Node *)arguments[0], seed) == 0)
        found = graph_as_dict(&graph);
    graph_free(&graph);
    return found;
}

static PyObject *
way_backward(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    double seed = 1.0;
    if (count < 1 || count > 2 || names || !IS_NODE(arguments[0]))
        return NULL;
    if (count == 2) {
        if (!PyFloat_CheckExact(arguments[1]))
            return NULL;
        seed = PyFloat_AS_DOUBLE(arguments[1]);
    }
    if (PyDict_GET_SIZE(used_gradients)) { /* a step has used gradients: is there a hint to give? */
        PyObject *answer = PyObject_CallNoArgs(may_warn);
        int warns = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (warns)
            return NULL;
    }
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_differentiate(&graph, (Node *)arguments[0], seed) == 0) {
        if (graph_commit(&graph) == 0)
            found = Py_NewRef(Py_None);
        else {
            PyObject *gradients = graph_as_dict(&graph);
            found = gradients ? PyObject_CallOneArg(add_gradients, gradients) : NULL;
            Py_XDECREF(gradients);
        }
    }
    graph_free(&graph);
    return found;
}

static PyObject *
way_products(int row, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    PyObject *note;
    if (count != 2 || names || !look_around(&note))
        return NULL;
    PyObject *xs = PySequence_Fast(arguments[0], "products takes two sequences");
    PyObject *ys = xs ? PySequence_Fast(arguments[1], "products takes two sequences") : NULL;
    PyObject *found = NULL;
    if (ys && PySequence_Fast_GET_SIZE(xs) == PySequence_Fast_GET_SIZE(ys))
        found = PyList_New(0);
    for (Py_ssize_t i = 0; found && i < PySequence_Fast_GET_SIZE(xs) &&
                           i < PySequence_Fast_GET_SIZE(ys); i++) {
        PyObject *x = Py_NewRef(PySequence_Fast_GET_ITEM(xs, i));
        PyObject *y = Py_NewRef(PySequence_Fast_GET_ITEM(ys, i));
        PyObject *product = PyNumber_Multiply(x, y);
        Py_DECREF(x);
        Py_DECREF(y);
        if (!product || PyList_Append(found, product) < 0)
            Py_CLEAR(found);
        Py_XDECREF(product);
    }
    Py_XDECREF(xs);
    Py_XDECREF(ys);
    return found;
}

static PyObject *
routine_vectorcall(Routine *self, PyObject *const *arguments, size_t flags, PyObject *names)
{
    if (names && PyTuple_GET_SIZE(names) == 0)
        names = NULL;
    PyObject *found = self->way(self->row, arguments, PyVectorcall_NARGS(flags), names);
    if (found || PyErr_Occurred())
        return found;
    return PyObject_Vectorcall(self->python, arguments, flags, names);
}

static PyObject *routine_get(PyObject *self, PyObject *object, PyObject *type)
{
    return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}

static int routine_traverse(Routine *self, visitproc visit, void *arg)
{
    Py_VISIT(self->python);
    Py_VISIT(self->dict);
    return 0;
}

static int routine_clear(Routine *self)
{
    Py_CLEAR(self->python);
    Py_CLEAR(self->dict);
    return 0;
}

static void routine_dealloc(Routine *self)
{
    PyObject_GC_UnTrack(self);
    routine_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *routine_repr(Routine *self)
{
    return PyObject_Repr(self->python);
}

/* Pickled and copied as the Python function is, by its name. */
static PyObject *routine_reduce(Routine *self, PyObject *unused)
{
    return PyObject_GetAttrString((PyObject *)self, "__qualname__");
}

static PyMethodDef routine_methods[] = {
    {"__reduce__", (PyCFunction)routine_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef routine_attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject RoutineType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Routine",
    .tp_basicsize = sizeof(Routine),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(Routine, call),
    .tp_dictoffset = offsetof(Routine, dict),
    .tp_call = PyVectorcall_Call,
    .tp_descr_get = routine_get,
    .tp_repr = (reprfunc)routine_repr,
    .tp_dealloc = (destructor)routine_dealloc,
    .tp_traverse = (traverseproc)routine_traverse,
    .tp_clear = (inquiry)routine_clear,
    .tp_methods = routine_methods,
    .tp_getset = routine_attributes,
};

/* --- the module ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    Way way;
} WAYS[] = {
    {"topological_order", way_order},
    {"gradients", way_gradients},
    {"Value.backward", way_backward},
    {"products", way_products},
    {"_make", way_make},
    {"Value.__new__", way_new},
    {"Value.__init__", way_init},
};

static int find_row(const char *name)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strcmp(ROWS[i].name, name) == 0)
            return (int)i;
    return -1;
}

static PyObject *make_routine(PyObject *python, Way way, int row)
{
    Routine *self = PyObject_GC_New(Routine, &RoutineType);
    if (!self)
        return NULL;
    self->call = (vectorcallfunc)routine_vectorcall;
    self->python = Py_NewRef(python);
    self->dict = NULL;
    self->way = way;
    self->row = row;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyDoc_STRVAR(routine_doc, "routine(name, function): the function with its faster way.");

static PyObject *native_routine(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *python;
    if (!PyArg_ParseTuple(arguments, "sO", &name, &python))
        return NULL;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++)
        if (strcmp(WAYS[i].name, name) == 0)
            return make_routine(python, WAYS[i].way, -1);
    return PyErr_Format(PyExc_LookupError, "C has nothing in the place of %s", name);
}

PyDoc_STRVAR(prefix_doc, "prefix(name, function): the method for the op with this name.");

static PyObject *native_prefix(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *python;
    if (!PyArg_ParseTuple(arguments, "sO", &name, &python))
        return NULL;
    int row = find_row(name);
    if (row < 0 || ROWS[row].operands != 1)
        return PyErr_Format(PyExc_LookupError, "no row of one operand is called %s", name);
    return make_routine(python, way_prefix, row);
}

PyDoc_STRVAR(bind_doc,
             "bind(name, op, form): the op is computed by the row with its name or, given how it\n"
             "takes many operands (1 in a list, 2 in two lists, 3 one by one), by programs.");

static PyObject *native_bind(PyObject *module, PyObject *arguments)
{
    const char *name;
    Op *op;
    int form;
    if (!PyArg_ParseTuple(arguments, "sO!i", &name, &OpType, &op, &form))
        return NULL;
    op->form = (enum op_form)form;
    int row = find_row(name);
    if (row >= 0) {
        op->row = row + 1;
        Py_XSETREF(op_of_row[row], Py_NewRef(op));
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(methods_doc, "methods(name, method, reflected): what operators do that C leaves.");

static PyObject *native_methods(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *method, *reflected = NULL;
    if (!PyArg_ParseTuple(arguments, "sO|O", &name, &method, &reflected))
        return NULL;
    int row = find_row(name);
    if (row < 0)
        return PyErr_Format(PyExc_LookupError, "no row is called %s", name);
    if (ROWS[row].operands == 1)
        Py_XSETREF(prefix_methods[row], Py_NewRef(method));
    else {
        Py_XSETREF(infix_methods[row][0], Py_NewRef(method));
        Py_XSETREF(infix_methods[row][1], Py_XNewRef(reflected));
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(connect_doc, "connect(...): take over what the heart says, once it is imported.");

/* Where objects of a class with __slots__ hold the one with this name. */
static int find_slot(PyObject *class, const char *name, Py_ssize_t *offset)
{
    PyObject *found = PyObject_GetAttrString(class, name);
    int known = found && Py_IS_TYPE(found, &PyMemberDescr_Type);
    if (known)
        *offset = ((PyMemberDescrObject *)found)->d_member->offset;
    else if (found)
        PyErr_Format(PyExc_TypeError, "the state of a context has no slot %s", name);
    Py_XDECREF(found);
    return known ? 0 : -1;
}

static const struct {
    const char *name;
    PyObject **place;
} CONNECTIONS[] = {
    {"value", (PyObject **)&value_type},
    {"leaf", (PyObject **)&leaf_type},
    {"constant", (PyObject **)&constant_type},
    {"unreached", &unreached},
    {"one", &one},
    {"watchers", &watchers},
    {"here", &here_variable},
    {"state", &state_type},
    {"watching_names", &watching_names},
    {"used_gradients", &used_gradients},
    {"may_warn", &may_warn},
    {"add_gradients", &add_gradients},
    {"write_programs", &write_programs},
};

static PyObject *native_connect(PyObject *module, PyObject *arguments, PyObject *options)
{
    for (size_t i = 0; i < sizeof CONNECTIONS / sizeof *CONNECTIONS; i++) {
        PyObject *given = options ? PyDict_GetItemString(options, CONNECTIONS[i].name) : NULL;
        if (!given)
            return PyErr_Format(PyExc_TypeError, "connect() needs %s", CONNECTIONS[i].name);
        Py_XSETREF(*CONNECTIONS[i].place, Py_NewRef(given));
    }
    if (value_type->tp_basicsize != sizeof(Node) || !PyList_CheckExact(watchers) ||
        !PyDict_CheckExact(watching_names) || !PyDict_CheckExact(used_gradients)) {
        PyErr_SetString(PyExc_TypeError, "the heart is not what the engine in C was written for");
        return NULL;
    }
    if (find_slot(state_type, "watchers", &at_watchers) < 0 ||
        find_slot(state_type, "forgetting", &at_forgetting) < 0 ||
        find_slot(state_type, "call", &at_call) < 0 ||
        find_slot(state_type, "since", &at_since) < 0)
        return NULL;
    Py_XSETREF(latest, PyUnicode_InternFromString("_latest"));
    if (!latest)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"routine", native_routine, METH_VARARGS, routine_doc},
    {"prefix", native_prefix, METH_VARARGS, prefix_doc},
    {"bind", native_bind, METH_VARARGS, bind_doc},
    {"methods", native_methods, METH_VARARGS, methods_doc},
    {"connect", (PyCFunction)(void (*)(void))native_connect, METH_VARARGS | METH_KEYWORDS,
     connect_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "autograd.engine._native",
    .m_doc = "The heart in C: see _native.c.",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit__native(void)
{
    PyObject *module, *slots;
    row_add = find_row("add"), row_sub = find_row("sub"), row_mul = find_row("mul");
    row_div = find_row("div"), row_mod = find_row("mod"), row_floordiv = find_row("floordiv");
    row_pow = find_row("pow"), row_neg = find_row("neg"), row_abs = find_row("abs");
    NodeType.tp_new = OpType.tp_new = PyBaseObject_Type.tp_new;
    if (PyType_Ready(&NodeType) < 0 || PyType_Ready(&OpType) < 0 || PyType_Ready(&RoutineType) < 0)
        return NULL;
    if (!(zero = PyFloat_FromDouble(0.0)))
        return NULL;
    /* What copy and pickle take from a node, as from the slots of the Python class. */
    slots = Py_BuildValue("(ssssss)", "_data", "_grad", "_recorded", "op", "operands", "note");
    if (!slots || PyDict_SetItemString(NodeType.tp_dict, "__slots__", slots) < 0)
        return NULL;
    Py_DECREF(slots);
    PyType_Modified(&NodeType);
    module = PyModule_Create(&definition);
    if (!module || PyModule_AddStringConstant(module, "built_from", BUILT_FROM) < 0 ||
        PyModule_AddObjectRef(module, "Node", (PyObject *)&NodeType) < 0 ||
        PyModule_AddObjectRef(module, "Op", (PyObject *)&OpType) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
