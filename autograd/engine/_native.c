/* The native engine: nodes, their recording, the order of a graph and the chain rule, in C.

   The definition is the Python heart (op.py, node.py, graph.py, value.py, commit.py); this does the
   same for what it knows, with the same bits, and hands everything else back to the Python
   functions. What it knows: the ops whose values and rules stand in _calculus.h, written from
   calculus.py; Values, leaves and constants of no subclass, and what stands for a number while a
   function is recorded; gradients that are numbers. Everything is protected by the interpreter
   lock (the GIL).

     Node     a number, its gradient, and the record of how it was computed
     Op       the base of ops: the number of its row in _calculus.h; _programs.h: of many operands
     Tape     the nodes of a function that is recorded, in the order they are made: _tape.h
     Graph    the nodes of a pass, in order, with what flows back to each
*/
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h> /* of Python before 3.12 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include "_calculus.h"

#ifndef BUILT_FROM
#define BUILT_FROM "" /* the hash of the files that this was built from, see native.py */
#endif

/* --- nodes ------------------------------------------------------------------------------- */

typedef struct {
    PyObject *node; /* NULL for a plain number */
    double number;  /* what it was when the node was computed */
} Operand;

/* The record of a node whose op is not in the table, or has more than two operands. */
typedef struct {
    PyObject *op;
    uint32_t count;
    Operand operands[1]; /* so many */
} Many;

enum gradient_kind { UNREACHED, NUMBER, OBJECT, PLACE };
enum node_flags {
    FOLLOWED = 1, /* the collector knows this node and all that it was computed from */
    HOLDS = 2,    /* a leaf that holds an object, or computed from one: the collector must know */
};

typedef struct {
    PyObject_HEAD
    uint32_t mark;         /* its number in the last pass that went through it: see number_of() */
    int16_t row; /* of its op in the table, counted from 1; 0 at a leaf, and where there are many */
    uint8_t gradient_kind;
    uint8_t flags;
    double data;
    union {
        double number;
        PyObject *object; /* a float that Python has seen or set, None, a node, …; or a tape */
    } gradient;
    uint64_t time;  /* when the number was assigned or computed; its place, if it has one */
    PyObject *note; /* NULL if nothing is written on it */
    union {
        Operand two[2];
        Many *many; /* NULL at a leaf */
    } record;
} Node;

enum op_form { UNKNOWN, LIST, PAIRS, PLAIN }; /* how a call gives the operands of many */

typedef struct Program Program;

typedef struct {
    PyObject_HEAD
    int row; /* counted from 1; 0 if the table does not have the op */
    enum op_form form;
    Program **programs; /* for each count of operands */
} Op;

static PyTypeObject NodeType, OpType;

/* What Python hands in when it imports the engine, and when it imports the compiler. */
static PyTypeObject *value_type, *leaf_type, *constant_type, *traced_type, *outlived_type;
static PyObject *unreached, *one, *watchers, *here_variable, *state_type, *watching_names;
static PyObject *used_gradients, *may_warn, *add_gradients, *write_programs, *assign_data, *zero;
static PyObject *op_of_row[ROW_COUNT];
static PyObject *python_methods[ROW_COUNT][2]; /* for op(value, …), and for other op value */

static uint64_t now = 1; /* how many numbers were assigned so far: the time */

#define IS_NODE(x) PyObject_TypeCheck(x, &NodeType)

static inline Operand *operands_of(Node *self)
{
    if (self->row)
        return self->record.two;
    return self->record.many ? self->record.many->operands : NULL;
}

static inline uint32_t count_of(const Node *self)
{
    if (self->row)
        return (uint32_t)ROWS[self->row - 1].operands;
    return self->record.many ? self->record.many->count : 0;
}

/* What made the node, NULL at a leaf. */
static inline PyObject *op_of(const Node *self)
{
    if (self->row)
        return op_of_row[self->row - 1];
    return self->record.many ? self->record.many->op : NULL;
}

/* Whether the type is one of those that behave as the heart says, in every respect. */
static inline int is_usual(PyTypeObject *type)
{
    return type == value_type || type == leaf_type || type == constant_type;
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

/* --- deletion ------------------------------------------------------------------------------ */

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

/* Make the node a leaf. */
static void drop_record(Node *self)
{
    Operand two[2] = {self->record.two[0], self->record.two[1]}, *operands = two;
    Many *many = self->row ? NULL : self->record.many;
    uint32_t count = count_of(self);
    self->row = 0;
    self->record.many = NULL;
    if (many)
        operands = many->operands;
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].node)
            set_aside(operands[i].node);
    if (many) {
        Py_XDECREF(many->op);
        PyMem_Free(many);
    }
    release_those_set_aside();
}

static int node_clear(Node *self)
{
    if (self->gradient_kind >= OBJECT) {
        self->gradient_kind = UNREACHED;
        set_aside(self->gradient.object);
    }
    Py_CLEAR(self->note);
    drop_record(self);
    return 0;
}

static int node_traverse(Node *self, visitproc visit, void *arg)
{
    if (self->gradient_kind >= OBJECT)
        Py_VISIT(self->gradient.object);
    Py_VISIT(self->note);
    if (!self->row && self->record.many)
        Py_VISIT(self->record.many->op);
    Operand *operands = operands_of(self);
    for (uint32_t i = 0; i < count_of(self); i++)
        Py_VISIT(operands[i].node);
    return 0;
}

/* The memory of dead nodes, 112 MB at most, for the next ones: a training step makes as many as
   the last. Where a million nodes need new memory each time, they take twice as long. */
#define MOST_KEPT (1 << 20)
static Node *kept[MOST_KEPT];
static size_t kept_count;

/* Python's deallocator of the subclass calls this, and releases the type. */
static void node_dealloc(Node *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    node_clear(self);
    if ((type == value_type || type == traced_type || type == outlived_type) &&
        kept_count < MOST_KEPT)
        kept[kept_count++] = self;
    else
        type->tp_free((PyObject *)self);
}

/* A node without a number; the collector does not know it: see follow(). */
static Node *new_node(PyTypeObject *type)
{
    Node *self = kept_count ? (Node *)PyObject_Init((PyObject *)kept[--kept_count], type)
                            : PyObject_GC_New(Node, type);
    if (self)
        memset((char *)self + sizeof(PyObject), 0, sizeof(Node) - sizeof(PyObject));
    return self;
}

/* Let the collector know a node and all that it was computed from: they may be part of a cycle. */
static int follow(PyObject *first)
{
    size_t count = 1, room = 64;
    Node **stack = PyMem_Malloc(room * sizeof *stack);
    if (!stack) {
        PyErr_NoMemory();
        return -1;
    }
    stack[0] = (Node *)first;
    while (count) {
        Node *node = stack[--count];
        uint32_t operands = count_of(node);
        if (node->flags & FOLLOWED)
            continue;
        if (count + operands + 1 > room) {
            room = 2 * room + operands;
            if (grow(&stack, room * sizeof *stack) < 0)
                break;
        }
        node->flags |= FOLLOWED;
        if (!PyObject_GC_IsTracked((PyObject *)node))
            PyObject_GC_Track(node);
        for (uint32_t i = 0; i < operands; i++)
            if (operands_of(node)[i].node)
                stack[count++] = (Node *)operands_of(node)[i].node;
        if (node->gradient_kind == OBJECT && IS_NODE(node->gradient.object))
            stack[count++] = (Node *)node->gradient.object;
    }
    PyMem_Free(stack);
    return PyErr_Occurred() ? -1 : 0;
}

/* --- attributes of nodes ------------------------------------------------------------------ */

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

/* The numbers of the operands are as of now. */
static void date_record(Node *self)
{
    const Operand *x = operands_of(self);
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
    uint8_t held = 0;
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
    if (held)
        self->flags |= HOLDS;
    if (!held && !(self->flags & FOLLOWED))
        return 0;
    self->flags &= (uint8_t)~FOLLOWED;
    return follow((PyObject *)self);
}

static int refuse_to_delete(PyObject *value, const char *name)
{
    if (!value)
        PyErr_SetString(PyExc_AttributeError, name);
    return !value;
}

static PyObject *get_data(Node *self, void *closure) { return PyFloat_FromDouble(self->data); }

static int set_data_slot(Node *self, PyObject *value, void *closure)
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

/* ``value.data = x``: of a leaf and a float here, of all else as Python says. */
static int set_data(Node *self, PyObject *value, void *closure)
{
    if (value && PyFloat_CheckExact(value) && !op_of(self) && !count_of(self))
        return set_data_slot(self, value, NULL);
    if (refuse_to_delete(value, "data"))
        return -1;
    PyObject *found = PyObject_CallFunctionObjArgs(assign_data, self, value, NULL);
    Py_XDECREF(found);
    return found ? 0 : -1;
}

static PyObject *place_of(Node *self);

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

/* A tuple of the operands, or of the numbers that they had. */
static PyObject *get_operands(Node *self, void *numbers)
{
    uint32_t count = count_of(self);
    PyObject *found = PyTuple_New(count);
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

/* Record this op, or the one that there is, and operands: nodes and floats with the numbers that
   they have now, or had. */
static int record_tuple(Node *self, PyObject *op, PyObject *operands, PyObject *numbers)
{
    if (!PyTuple_Check(operands) || (numbers && (!PyTuple_Check(numbers) ||
        PyTuple_GET_SIZE(numbers) != PyTuple_GET_SIZE(operands)))) {
        PyErr_Format(PyExc_TypeError, "operands are a tuple, got %s", Py_TYPE(operands)->tp_name);
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
    uint32_t count = count_of(self);
    if (!PyTuple_Check(value) || PyTuple_GET_SIZE(value) != count) {
        PyErr_SetString(PyExc_ValueError, "recorded is a tuple of one number for each operand");
        return -1;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!PyFloat_Check(PyTuple_GET_ITEM(value, i))) {
            PyErr_SetString(PyExc_TypeError, "recorded numbers are floats");
            return -1;
        }
    for (uint32_t i = 0; i < count; i++)
        operands_of(self)[i].number = PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(value, i));
    date_record(self);
    return 0;
}

static PyGetSetDef node_attributes[] = {
    {"data", (getter)get_data, (setter)set_data, "The number.", NULL},
    {"_data", (getter)get_data, (setter)set_data_slot, "The number.", NULL},
    {"_grad", (getter)get_gradient, (setter)set_gradient, "The gradient as it is held.", NULL},
    {"grad", (getter)get_gradient, (setter)set_gradient,
     "The gradient: the sum over the backward passes so far, 0 if none has reached the node.\n\n"
     "None at a constant; a Value after ``backward(create_graph=True)``.", &NodeType},
    {"_recorded", (getter)get_operands, (setter)set_recorded, "The operands' numbers.", &NodeType},
    {"op", (getter)get_op, (setter)set_op, "What made the node, None at a leaf.", NULL},
    {"operands", (getter)get_operands, (setter)set_operands, "What the op was applied to.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *node_has_moved(Node *self, PyObject *slot)
{
    long i = PyLong_AsLong(slot);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (i < 0 || i >= (long)count_of(self))
        return PyErr_Format(PyExc_IndexError, "there is no operand %ld", i);
    double was = operands_of(self)[i].number;
    Node *x = (Node *)operands_of(self)[i].node;
    if (!x)
        Py_RETURN_FALSE;
    if (op_of(x))
        return PyBool_FromLong(x->time > self->time);
    int same = x->data == was ? !signbit(x->data) == !signbit(was)
                              : x->data != x->data && was != was;
    return PyBool_FromLong(!same);
}

static PyMemberDef node_members[] = {
    {"note", T_OBJECT_EX, offsetof(Node, note), 0, "What is written on the node."},
    {NULL, 0, 0, 0, NULL},
};

static int follow_if_node(PyObject *x, void *unused) { return IS_NODE(x) ? follow(x) : 0; }

/* Set an attribute. What a leaf holds may have been computed from it, now or later, which is a
   cycle: the collector then knows that, and whatever is computed from the leaf. */
static int node_setattr(PyObject *self, PyObject *name, PyObject *value)
{
    if (PyObject_GenericSetAttr(self, name, value) < 0)
        return -1;
    if (!value || Py_TYPE(self) == value_type || !(PyObject_IS_GC(value)) ||
        PyObject_HasAttr((PyObject *)Py_TYPE(self), name))
        return 0;
    ((Node *)self)->flags |= HOLDS;
    return IS_NODE(value) ? follow(value) : Py_TYPE(value)->tp_traverse(value, follow_if_node, NULL);
}

/* --- recording ---------------------------------------------------------------------------- */

#include "_tape.h"

/* What there is to do with a new node of this context. */
typedef struct {
    PyObject *note; /* NULL for none */
    Tape *tape;     /* NULL if nothing is recorded */
} Around;

/* Where a state of the context holds what it says, and the name of the latest end of a block. */
static Py_ssize_t at_watchers, at_forgetting, at_call, at_since;
static PyObject *latest;

#define HELD(state, offset) (*(PyObject **)((char *)(state) + (offset)))

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

/* Whether C makes a node of operands of these kinds here: of usual nodes where it needs a note at
   most, of traced ones where a tape alone watches. Else Python has to look at it. */
static int look_around(int kinds, Around *around)
{
    PyObject *state;
    kinds &= ~PLAIN_NUMBER;
    around->note = NULL;
    around->tape = NULL;
    if (kinds == USUAL_NODE && PyList_GET_SIZE(watchers) == 0)
        return 1;
    if (kinds != USUAL_NODE && kinds != TRACED_NODE)
        return 0;
    if (PyContextVar_Get(here_variable, NULL, &state) < 0 || !state) {
        PyErr_Clear();
        return 0;
    }
    PyObject *seen = HELD(state, at_watchers), *call = HELD(state, at_call);
    int known = seen && PyTuple_CheckExact(seen) && HELD(state, at_forgetting) == Py_False &&
                call && HELD(state, at_since) == PyDict_GetItemWithError(watching_names, latest);
    if (kinds == TRACED_NODE) {
        PyObject *tape = known && PyTuple_GET_SIZE(seen) == 1 ? PyTuple_GET_ITEM(seen, 0) : NULL;
        known = tape && Py_IS_TYPE(tape, &TapeType);
        around->tape = known ? (Tape *)tape : NULL;
    } else
        known = known && PyTuple_GET_SIZE(seen) == 0;
    if (known && call != Py_None)
        around->note = call; /* the context holds the state, which is never changed */
    Py_DECREF(state);
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
        self->flags = HOLDS | FOLLOWED;
        PyObject_GC_Track(self);
    }
    return self;
}

static inline PyObject *end_node(const Around *around, Node *self)
{
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
                            holds(x[0].node) | holds(x[1].node));
    if (!self)
        return NULL;
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
    PyObject *method = python_methods[row][reflected];
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
    return PyObject_CallOneArg(python_methods[row][0], x);
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

/* A method for the op of a row; arguments are refused as Python does. */
static PyObject *
call_method(int row, PyObject *x, PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (!count && !names)
        return prefix(row, x);
    PyObject *method = PyMethod_New(python_methods[row][0], x);
    PyObject *found = method ? PyObject_Vectorcall(method, given, (size_t)count, names) : NULL;
    Py_XDECREF(method);
    return found;
}

#define METHOD(name, documentation) \
    static PyObject *method_##name(PyObject *x, PyObject *const *given, Py_ssize_t count, \
                                   PyObject *names) \
    { \
        return call_method(ROW_##name, x, given, count, names); \
    }
METHODS(METHOD)

#define FUNCTION_OF(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL | METH_KEYWORDS
#define ENTRY(name, documentation) {#name, FUNCTION_OF(method_##name), documentation},

static PyMethodDef node_methods[] = {
    {"has_moved", (PyCFunction)node_has_moved, METH_O,
     "Whether an operand has changed since the node was computed."},
    METHODS(ENTRY)
    {NULL, NULL, 0, NULL},
};

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
    .tp_setattro = node_setattr,
    .tp_getset = node_attributes,
    .tp_members = node_members,
    .tp_methods = node_methods,
    .tp_as_number = &node_operators,
};

#include "_programs.h"

/* ``op(x, y)``: of numbers a float, of usual nodes a node, of anything else what Python says. */
static PyObject *op_call(Op *self, PyObject *arguments, PyObject *options)
{
    int row = self->row - 1;
    Py_ssize_t count = PyTuple_GET_SIZE(arguments);
    PyObject *found = NULL;
    if (options && !PyDict_GET_SIZE(options))
        options = NULL;
    if (row >= 0 && count == ROWS[row].operands && !options) {
        Operand x[2] = {{NULL, 0.0}, {NULL, 0.0}};
        int kinds = read_operand(PyTuple_GET_ITEM(arguments, 0), &x[0]);
        if (count == 2)
            kinds |= read_operand(PyTuple_GET_ITEM(arguments, 1), &x[1]);
        if (kinds == PLAIN_NUMBER)
            return PyFloat_FromDouble(ROWS[row].value(x[0].number, x[1].number, 0.0));
        found = record(row, x, kinds);
    } else if (self->form != UNKNOWN && !options)
        found = call_many(self, arguments);
    if (found || PyErr_Occurred())
        return found;
    PyObject *call = PyObject_GetAttrString((PyObject *)self, "_call");
    if (!call)
        return NULL;
    found = PyObject_Call(call, arguments, options);
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
#define SIGNALS_EVERY 65536 /* steps of a walk */

enum node_state { STAYS = 1, REACHED = 2, UNUSUAL = 4 }; /* STAYS: it gets no gradient */

typedef struct {
    uint32_t number, slot; /* a node, and the next operand of it to look at */
} Level;

/* Nodes are numbered as they are found. */
typedef struct {
    Node **nodes;
    uint32_t *order;    /* operands before results */
    uint32_t *arrivals; /* those that are reached, in this order */
    double *sums;
    uint8_t *states;
    Level *stack;
    uint32_t count, arrived;
    size_t room, stack_room;
    int unusual; /* there are nodes of other classes than Value */
    int objects; /* there are gradients that are objects, or Python has run */
} Graph;

static Graph spare;           /* the arrays of the last pass, for the next one */
static uint64_t passes_begun; /* so far */

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
    self->unusual = self->objects = 0;
}

static void graph_free(Graph *self)
{
    graph_reset(self);
    if (!spare.room && self->room <= MOST_KEPT) {
        spare = *self;
        return;
    }
    PyMem_Free(self->nodes), PyMem_Free(self->order), PyMem_Free(self->arrivals);
    PyMem_Free(self->sums), PyMem_Free(self->states), PyMem_Free(self->stack);
    memset(self, 0, sizeof *self);
}

/* The node's number, NONE if it has none here. Another pass may have written over its mark. */
static inline uint32_t number_of(const Graph *self, const Node *node)
{
    uint32_t mark = node->mark;
    return mark < self->count && self->nodes[mark] == node ? mark : NONE;
}

/* Give the node the next number. */
static inline int graph_add(Graph *self, Node *node)
{
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        if (room > NONE || grow(&self->nodes, room * sizeof *self->nodes) < 0 ||
            grow(&self->order, room * sizeof *self->order) < 0 ||
            grow(&self->arrivals, room * sizeof *self->arrivals) < 0 ||
            grow(&self->sums, room * sizeof *self->sums) < 0 ||
            grow(&self->states, room) < 0)
            return -1;
        self->room = room;
    }
    node->mark = self->count;
    self->nodes[self->count] = (Node *)Py_NewRef(node);
    self->states[self->count] = 0;
    if (Py_TYPE(node) != value_type) {
        self->states[self->count] = UNUSUAL;
        self->unusual = 1;
    }
    self->count++;
    return 0;
}

/* Number and order all nodes that `root` was computed from. Signals are handled on the way; where
   a handler has begun a pass, another attempt begins. */
static int graph_order(Graph *self, Node *root)
{
    uint32_t ordered, depth, steps;
    uint64_t begun;
again:
    graph_reset(self);
    begun = ++passes_begun;
    ordered = depth = steps = 0;
    Node *found = root;
    for (;;) {
        if (found) { /* a node that was not seen before */
            uint32_t number = self->count;
            if (graph_add(self, found) < 0)
                return -1;
            if (depth == self->stack_room) {
                size_t room = depth ? 2 * (size_t)depth : 64;
                if (grow(&self->stack, room * sizeof *self->stack) < 0)
                    return -1;
                self->stack_room = room;
            }
            self->stack[depth++] = (Level){number, 0};
        }
        Level *level = &self->stack[depth - 1];
        Node *node = self->nodes[level->number];
        const Operand *operands = operands_of(node);
        uint32_t count = count_of(node);
        found = NULL;
        while (level->slot < count && !found) {
            found = (Node *)operands[level->slot++].node;
            if (found && number_of(self, found) != NONE)
                found = NULL;
        }
        if (!found) {
            self->order[ordered++] = level->number;
            if (--depth == 0)
                return 0;
        }
        if (++steps % SIGNALS_EVERY == 0) {
            if (PyErr_CheckSignals() < 0)
                return -1;
            if (begun != passes_begun)
                goto again;
        }
    }
}

/* --- the chain rule ------------------------------------------------------------------------ */

/* Note which nodes get no gradient. This may run code of a user's class. */
static int graph_find_constants(Graph *self)
{
    static PyObject *name;
    if (!self->unusual)
        return 0;
    if (!name && !(name = PyUnicode_InternFromString("is_constant")))
        return -1;
    for (uint32_t i = 0; i < self->count; i++) {
        if (!(self->states[i] & UNUSUAL))
            continue;
        PyObject *answer = PyObject_GetAttr((PyObject *)self->nodes[i], name);
        int truth = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (truth < 0)
            return -1;
        if (truth)
            self->states[i] |= STAYS;
    }
    return 0;
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

/* Find the number of the operand that a contribution goes to, NONE if none does. 1 if somebody has
   changed the graph. */
static inline int find_target(Graph *self, Node *node, const Operand *x, uint32_t *target)
{
    Node *operand = (Node *)x->node;
    *target = NONE;
    if (!operand)
        return 0;
    uint32_t number = number_of(self, operand);
    if (number == NONE) {
        for (uint32_t i = 0; i < self->count; i++)
            self->nodes[i]->mark = i;
        if ((number = number_of(self, operand)) == NONE)
            return 1;
    }
    if (self->states[number] & STAYS)
        return 0;
    *target = number;
    if (operand->time > node->time) {
        self->objects = 1;
        return check_recorded(node);
    }
    return 0;
}

/* Add upstream · local. What flows to a strong op's operand for an upstream of 0 is 0, whatever the
   derivative is; where that is the very object 1 no product is made. */
static inline void contribute(Graph *self, uint32_t target, double upstream, double local,
                              int strong, int is_one)
{
    double contribution = strong && upstream == 0.0 ? (is_one ? upstream : 0.0) : upstream * local;
    if (self->states[target] & REACHED)
        self->sums[target] += contribution;
    else {
        self->sums[target] = contribution;
        self->states[target] |= REACHED;
        self->arrivals[self->arrived++] = target;
        self->objects |= self->nodes[target]->gradient_kind == OBJECT;
    }
}

/* Through a node whose op is in the table. */
static inline int flow_by_row(Graph *self, Node *node, double upstream)
{
    const Row *row = &ROWS[node->row - 1];
    const Operand *x = node->record.two;
    for (int slot = 0; slot < row->operands; slot++) {
        const Rule *rule = &row->rules[slot];
        uint32_t target;
        if (rule->kind == NOTHING)
            continue;
        int result = find_target(self, node, &x[slot], &target);
        if (result)
            return result;
        if (target == NONE)
            continue;
        double local = rule->kind == FUNCTION
                           ? rule->function(x[0].number, x[1].number, node->data)
                           : rule->constant;
        contribute(self, target, upstream, local, row->strong, rule->kind == ONE);
    }
    return 0;
}

/* Through a node of an op of many operands. */
static int flow_by_program(Graph *self, Node *node, double upstream, const Program *program)
{
    const Operand *x = operands_of(node);
    uint32_t count = count_of(node), target;
    const double *found = run_steps(&program->locals, x, count, node->data);
    if (!found)
        return -1;
    for (uint32_t slot = 0; slot < count; slot++) {
        const Result *local = &program->locals.result[slot];
        if (local->kind == NOTHING)
            continue;
        int result = find_target(self, node, &x[slot], &target);
        if (result)
            return result;
        if (target != NONE)
            contribute(self, target, upstream, local->kind == ONE ? 1.0 : found[local->from],
                       program->strong, local->kind == ONE);
    }
    return 0;
}

/* Through a node whose op Python alone knows. 1 if its local derivatives are no plain numbers. */
static int flow_by_python(Graph *self, Node *node, double upstream)
{
    int result = -1;
    PyObject *op = op_of(node), *found = NULL, *locals = NULL;
    PyObject *rule = PyObject_GetAttrString(op, "locals");
    PyObject *strength = PyObject_GetAttrString(op, "strong");
    PyObject *operands = get_operands(node, NULL), *recorded = get_operands(node, &NodeType);
    PyObject *out = PyFloat_FromDouble(node->data);
    int strong = strength ? PyObject_IsTrue(strength) : -1;
    self->objects = 1;
    if (rule && strong >= 0 && operands && recorded && out)
        found = PyObject_CallFunctionObjArgs(rule, operands, recorded, out, NULL);
    if (found)
        locals = PySequence_Tuple(found); /* which nobody changes while Python runs */
    if (!locals)
        goto done;
    result = 0;
    Py_ssize_t count = Py_MIN(PyTuple_GET_SIZE(locals), PyTuple_GET_SIZE(operands));
    for (Py_ssize_t slot = 0; slot < count && !result; slot++) {
        PyObject *local = PyTuple_GET_ITEM(locals, slot), *x = PyTuple_GET_ITEM(operands, slot);
        Operand operand = {IS_NODE(x) ? x : NULL, 0.0};
        uint32_t target;
        if (local == Py_None)
            continue;
        result = find_target(self, node, &operand, &target);
        if (result || target == NONE)
            continue;
        if (!PyFloat_CheckExact(local) && !PyLong_CheckExact(local))
            result = 1;
        else {
            double number = PyFloat_AsDouble(local);
            if (number == -1.0 && PyErr_Occurred())
                result = -1;
            else
                contribute(self, target, upstream, number, strong, local == one);
        }
    }
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
    if (!(self->states[0] & STAYS))
        contribute(self, 0, seed, 1.0, 0, 1);
    for (uint32_t k = self->count; k-- > 0;) {
        uint32_t i = self->order[k];
        Node *node = self->nodes[i];
        if (!(self->states[i] & REACHED))
            continue;
        int result = 0;
        if (node->row && IS_KNOWN(node->row - 1))
            result = flow_by_row(self, node, self->sums[i]);
        else if (op_of(node)) {
            Program *program = find_program(op_of(node), count_of(node));
            if (program)
                result = flow_by_program(self, node, self->sums[i], program);
            else
                result = PyErr_Occurred() ? -1 : flow_by_python(self, node, self->sums[i]);
        }
        if (result)
            return result;
        if (k % SIGNALS_EVERY == 0) {
            self->objects = 1; /* which a handler may have assigned */
            if (PyErr_CheckSignals() < 0)
                return -1;
        }
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

/* Whether every gradient so far is a number. */
static int graph_has_numbers(const Graph *self)
{
    for (uint32_t k = 0; k < self->arrived; k++) {
        const Node *node = self->nodes[self->arrivals[k]];
        PyObject *before = node->gradient_kind == OBJECT ? node->gradient.object : NULL;
        if (node->gradient_kind == PLACE)
            return 0;
        if (!before || PyFloat_CheckExact(before))
            continue;
        if (!PyLong_CheckExact(before))
            return 0;
        if (PyLong_AsDouble(before) == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return 0;
        }
    }
    return 1;
}

/* Add the gradients, which are numbers, to those of the nodes, all at once: no Python runs between
   the first and the last. */
static void graph_commit(Graph *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        Node *node = self->nodes[i];
        double sum = self->sums[i];
        if (!(self->states[i] & REACHED))
            continue;
        if (node->gradient_kind == NUMBER)
            sum = node->gradient.number + sum;
        else if (node->gradient_kind == OBJECT) {
            PyObject *before = node->gradient.object;
            sum = PyFloat_AsDouble(before) + sum;
            Py_DECREF(before);
        }
        node->gradient.number = sum;
        node->gradient_kind = NUMBER;
    }
}

/* --- functions of the heart that have a faster way here -------------------------------------- */

/* Each gives NULL without an error set where Python has to do it. */

static PyObject *try_order(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || names || !IS_NODE(given[0]))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_order(&graph, (Node *)given[0]) == 0 && (found = PyList_New(graph.count)))
        for (uint32_t k = 0; k < graph.count; k++)
            PyList_SET_ITEM(found, k, Py_NewRef(graph.nodes[graph.order[k]]));
    graph_free(&graph);
    return found;
}

/* Read a root, a seed, and that connected is false. 0 where it is not so. */
static int read_pass(PyObject *const *given, Py_ssize_t count, PyObject *names, double *seed)
{
    *seed = 1.0;
    if (count < 1 || count > 2 || !IS_NODE(given[0]))
        return 0;
    if (count == 2 && !PyFloat_CheckExact(given[1]))
        return 0;
    if (count == 2)
        *seed = PyFloat_AS_DOUBLE(given[1]);
    return !names || (PyTuple_GET_SIZE(names) == 1 && given[count] == Py_False &&
                      !PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "connected"));
}

static PyObject *try_gradients(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    double seed;
    if (!read_pass(given, count, names, &seed))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_differentiate(&graph, (Node *)given[0], seed) == 0)
        found = graph_as_dict(&graph);
    graph_free(&graph);
    return found;
}

static PyObject *try_propagate(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    double seed;
    if (!read_pass(given, count, names, &seed))
        return NULL;
    if (PyDict_GET_SIZE(used_gradients)) { /* a step has used gradients: is there a hint to give? */
        PyObject *answer = PyObject_CallNoArgs(may_warn);
        int warns = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (warns)
            return NULL;
    }
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_differentiate(&graph, (Node *)given[0], seed) == 0) {
        if (!graph.objects || graph_has_numbers(&graph)) {
            graph_commit(&graph);
            found = Py_NewRef(Py_None);
        } else {
            PyObject *gradients = graph_as_dict(&graph);
            found = gradients ? PyObject_CallOneArg(add_gradients, gradients) : NULL;
            Py_XDECREF(gradients);
        }
    }
    graph_free(&graph);
    return found;
}

/* Every Value that an op computes is made here, unless Python has to look at it. */
static PyObject *try_make(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    if (count != 4 || names || !PyFloat_CheckExact(given[3]) || !look_around(USUAL_NODE, &around))
        return NULL;
    Node *self = begin_node(&around, PyFloat_AS_DOUBLE(given[3]), 0);
    if (self && record_tuple(self, given[0], given[1], given[2]) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* ``Value.__new__``: a leaf has its own class. */
static PyObject *try_new(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    return count && given[0] == (PyObject *)value_type ? PyType_GenericAlloc(leaf_type, 0) : NULL;
}

/* The functions as Python calls them, and the Python functions in whose place they stand. */
#define EITHER(name) \
    static PyObject *python_##name; \
    static PyObject *either_##name(PyObject *module, PyObject *const *given, Py_ssize_t count, \
                                   PyObject *names) \
    { \
        PyObject *found = try_##name(given, count, names); \
        if (found || PyErr_Occurred()) \
            return found; \
        return PyObject_Vectorcall(python_##name, given, (size_t)count, names); \
    }
EITHER(order)
EITHER(gradients)
EITHER(propagate)
EITHER(make)
EITHER(new)

static initproc python_init;

/* ``Value.__init__``, where a new leaf gets nothing but a number. */
static int init_leaf(PyObject *self, PyObject *arguments, PyObject *options)
{
    Operand number;
    Node *node = (Node *)self;
    if (options || PyTuple_GET_SIZE(arguments) != 1 || PyList_GET_SIZE(watchers) ||
        !Py_IS_TYPE(self, leaf_type) || node->time || node->gradient_kind != UNREACHED ||
        op_of(node) || read_operand(PyTuple_GET_ITEM(arguments, 0), &number) != PLAIN_NUMBER)
        return python_init(self, arguments, options);
    node->data = number.number;
    node->time = ++now;
    return 0;
}

/* --- the module ---------------------------------------------------------------------------- */

/* Where objects of a class with __slots__ hold the one with this name. */
static int find_slot(const char *name, Py_ssize_t *offset)
{
    PyObject *found = PyObject_GetAttrString(state_type, name);
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
    {"traced", (PyObject **)&traced_type},
    {"outlived", (PyObject **)&outlived_type},
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
    {"assign_data", &assign_data},
    {"topological_order", &python_order},
    {"gradients", &python_gradients},
    {"propagate", &python_propagate},
    {"_make", &python_make},
    {"__new__", &python_new},
};

PyDoc_STRVAR(connect_doc, "connect(name, object): hand in what the heart, or a room above, has.");

static PyObject *native_connect(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *given;
    if (!PyArg_ParseTuple(arguments, "sO", &name, &given))
        return NULL;
    for (size_t i = 0; i < sizeof CONNECTIONS / sizeof *CONNECTIONS; i++)
        if (strcmp(CONNECTIONS[i].name, name) == 0) {
            Py_XSETREF(*CONNECTIONS[i].place, Py_NewRef(given));
            Py_RETURN_NONE;
        }
    return PyErr_Format(PyExc_LookupError, "C asks for nothing with the name %s", name);
}

PyDoc_STRVAR(start_doc, "Take over, once all is handed in: new leaves are C's from then on.");

static PyObject *native_start(PyObject *module, PyObject *unused)
{
    if (value_type->tp_basicsize != sizeof(Node) || !PyList_CheckExact(watchers) ||
        !PyDict_CheckExact(watching_names) || !PyDict_CheckExact(used_gradients)) {
        PyErr_SetString(PyExc_TypeError, "the heart is not what the engine in C was written for");
        return NULL;
    }
    if (find_slot("watchers", &at_watchers) < 0 || find_slot("forgetting", &at_forgetting) < 0 ||
        find_slot("call", &at_call) < 0 || find_slot("since", &at_since) < 0 ||
        !(latest = PyUnicode_InternFromString("_latest")))
        return NULL;
    python_init = leaf_type->tp_init;
    leaf_type->tp_init = init_leaf;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(bind_doc,
             "bind(name, op, form, method, reflected): the op is computed by the row with its name\n"
             "or, given how it takes many operands (1 in a list, 2 in two lists, 3 one by one), by\n"
             "programs; the methods are for what C leaves.");

static PyObject *native_bind(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *methods[2];
    Op *op;
    int form;
    if (!PyArg_ParseTuple(arguments, "sO!iOO", &name, &OpType, &op, &form, &methods[0],
                          &methods[1]))
        return NULL;
    op->form = (enum op_form)form;
    for (int row = 0; row < ROW_COUNT; row++)
        if (strcmp(ROWS[row].name, name) == 0) {
            op->row = row + 1;
            Py_XSETREF(op_of_row[row], Py_NewRef(op));
            for (int i = 0; i < 2; i++)
                Py_XSETREF(python_methods[row][i],
                           methods[i] == Py_None ? NULL : Py_NewRef(methods[i]));
        }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(set_attribute_doc, "set_attribute(x, name, value): as object.__setattr__ does.");

static PyObject *native_set_attribute(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    if (count != 3)
        return PyErr_Format(PyExc_TypeError, "set_attribute takes an object, a name and a value");
    int result = IS_NODE(given[0]) ? node_setattr(given[0], given[1], given[2])
                                   : PyObject_GenericSetAttr(given[0], given[1], given[2]);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
    {"topological_order", FUNCTION_OF(either_order), NULL},
    {"gradients", FUNCTION_OF(either_gradients), NULL},
    {"propagate", FUNCTION_OF(either_propagate), NULL},
    {"_make", FUNCTION_OF(either_make), NULL},
    {"__new__", FUNCTION_OF(either_new), NULL},
    {"set_attribute", (PyCFunction)(void (*)(void))native_set_attribute, METH_FASTCALL,
     set_attribute_doc},
    {"bind", native_bind, METH_VARARGS, bind_doc},
    {"connect", native_connect, METH_VARARGS, connect_doc},
    {"start", native_start, METH_NOARGS, start_doc},
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
    NodeType.tp_new = OpType.tp_new = PyBaseObject_Type.tp_new;
    if (PyType_Ready(&NodeType) < 0 || PyType_Ready(&OpType) < 0 || PyType_Ready(&TapeType) < 0 ||
        !(zero = PyFloat_FromDouble(0.0)))
        return NULL;
    /* What copy and pickle take from a node, as from the slots of the Python class. */
    PyObject *slots = Py_BuildValue("(ssssss)", "_data", "_grad", "_recorded", "op", "operands",
                                    "note");
    if (!slots || PyDict_SetItemString(NodeType.tp_dict, "__slots__", slots) < 0)
        return NULL;
    Py_DECREF(slots);
    PyType_Modified(&NodeType);
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyModule_AddStringConstant(module, "built_from", BUILT_FROM) < 0 ||
        PyModule_AddObjectRef(module, "Node", (PyObject *)&NodeType) < 0 ||
        PyModule_AddObjectRef(module, "Op", (PyObject *)&OpType) < 0 ||
        PyModule_AddObjectRef(module, "Tape", (PyObject *)&TapeType) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
