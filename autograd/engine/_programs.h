/* Ops of many operands: programs of steps of one, two or three, which formulas/native_programs.py
   writes for each count of operands. A part of _native.c. */

#define MOST_OPERANDS 256

typedef struct {
    int32_t row; /* -1 chooses */
    uint32_t from[3];
} Step;

/* What a local derivative is: nothing, 1, what a register holds, or 1 where that is not 0. */
enum result_kind { IS_NOTHING, IS_ONE, IS_REGISTER, IS_TAKEN };

typedef struct {
    int32_t kind;
    uint32_t from;
} Result;

/* The three arrays are the bytes that Python packed; the sizes are in bytes. */
typedef struct {
    const double *constant;
    const Step *step;
    const Result *result;
    Py_ssize_t constants, steps, results;
} Steps;

struct Program {
    Steps value, locals;
    int strong;
    int indexed; /* the first operand names one of the others, counted from 0 */
};

static Program no_program; /* in the place of what Python computes */

/* Read a program, which holds on to what was packed. */
static Program *read_program(PyObject *packed)
{
    Program *self = PyMem_Calloc(1, sizeof *self);
    if (!self)
        return (Program *)PyErr_NoMemory();
    Steps *v = &self->value, *d = &self->locals;
    if (PyArg_ParseTuple(packed, "(y#y#y#)(y#y#y#)pp", &v->constant, &v->constants, &v->step,
                         &v->steps, &v->result, &v->results, &d->constant, &d->constants, &d->step,
                         &d->steps, &d->result, &d->results, &self->strong, &self->indexed)) {
        Py_INCREF(packed);
        return self;
    }
    PyMem_Free(self);
    return NULL;
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
        PyObject *packed = PyObject_CallFunction(write_programs, "On", op, count);
        Program *program = packed == Py_None ? &no_program : packed ? read_program(packed) : NULL;
        Py_XDECREF(packed);
        if (!program)
            return NULL;
        self->programs[count] = program;
    }
    return self->programs[count] == &no_program ? NULL : self->programs[count];
}

/* Run the steps on the operands and the result: all registers, which hold until the next run. */
static const double *run_steps(const Steps *self, const Operand *x, uint32_t count, double out)
{
    static double *registers;
    static size_t room;
    size_t constants = (size_t)self->constants / sizeof *self->constant;
    size_t steps = (size_t)self->steps / sizeof *self->step;
    size_t wanted = count + 1 + constants + steps;
    if (make_room(&registers, &room, wanted, sizeof *registers) < 0)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        registers[i] = x[i].number;
    registers[count] = out;
    double *next = registers + count + 1;
    for (size_t i = 0; i < constants; i++)
        *next++ = self->constant[i];
    for (size_t i = 0; i < steps; i++) {
        const Step *step = &self->step[i];
        const double a = registers[step->from[0]], b = registers[step->from[1]];
        if (step->row < 0)
            *next++ = a != 0.0 ? b : registers[step->from[2]];
        else
            *next++ = ROWS[step->row].value(a, b, 0.0);
    }
    return registers;
}

/* Whether it is a tuple or a list, whose items are what going through it gives. */
static inline int is_plain_sequence(PyObject *x)
{
    return PyTuple_CheckExact(x) ||
           (PyList_Check(x) && Py_TYPE(x)->tp_iter == PyList_Type.tp_iter);
}

/* Find the operands in the arguments of a call: one list, two of one length, or one by one. The
   parts are lists or tuples; how many operands there are, 0 where Python has to read them. */
static Py_ssize_t find_operands(const Op *self, PyObject *arguments, PyObject **parts)
{
    Py_ssize_t given = PyTuple_GET_SIZE(arguments);
    parts[0] = arguments, parts[1] = NULL;
    if (self->form == PAIRS && given != 2)
        return 0;
    if (self->form == PAIRS || (self->form == LIST && given == 1))
        for (Py_ssize_t i = 0; i < given; i++) {
            parts[i] = PyTuple_GET_ITEM(arguments, i);
            if (!is_plain_sequence(parts[i]))
                return 0;
        }
    Py_ssize_t count = PySequence_Fast_GET_SIZE(parts[0]);
    if (!parts[1])
        return count;
    return PySequence_Fast_GET_SIZE(parts[1]) == count ? 2 * count : 0;
}

/* What an op of many operands gives; NULL without an error where Python has to compute it. */
static PyObject *call_many(Op *self, PyObject *arguments)
{
    PyObject *parts[2], *result = NULL;
    Around around;
    Py_ssize_t count = find_operands(self, arguments, parts);
    Many *many = count ? many_new((PyObject *)self, (uint32_t)count) : NULL;
    if (!many)
        return NULL;
    Py_ssize_t half = PySequence_Fast_GET_SIZE(parts[0]);
    int kinds = 0, held = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        Operand *x = &many->operands[i];
        kinds |= read_operand(PySequence_Fast_GET_ITEM(parts[i >= half], i % half), x);
        Py_XINCREF(x->node);
        held |= holds(x->node);
    }
    Program *program = kinds & ANYTHING ? NULL : find_program((PyObject *)self, count);
    int plain = kinds == PLAIN_NUMBER;
    double index = many->operands[0].number;
    if (program && program->indexed &&
        !(0.0 <= index && index < (double)(count - 1) && floor(index) == index))
        program = NULL;
    if (program && (plain || look_around(kinds, &around))) {
        const Steps *steps = &program->value;
        const double *found = run_steps(steps, many->operands, (uint32_t)count, 0.0);
        if (found && plain)
            result = PyFloat_FromDouble(found[steps->result[0].from]);
        else if (found)
            result = (PyObject *)begin_node(&around, found[steps->result[0].from],
                                            held && !around.forgets);
        if (result && !plain && !around.forgets) {
            ((Node *)result)->record.many = many;
            return end_node(&around, (Node *)result);
        }
    }
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(many->operands[i].node);
    Py_DECREF(many->op);
    PyMem_Free(many);
    return result;
}

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
static PyObject *op_set(Op *self, PyObject *arguments)
{
    PyObject *name, *value;
    if (!PyArg_ParseTuple(arguments, "OO", &name, &value))
        return NULL;
    self->row = 0;
    self->form = UNKNOWN;
    return PyObject_GenericSetAttr((PyObject *)self, name, value) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef op_methods[] = {
    {"__setattr__", (PyCFunction)op_set, METH_VARARGS | METH_COEXIST, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject OpType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.engine._native.Op",
    .tp_basicsize = sizeof(Op),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The base of ops: the row of the calculus that C knows, if it does.",
    .tp_call = (ternaryfunc)op_call,
    .tp_methods = op_methods,
};
