/* The native engine: nodes, their recording, the order of a graph and the chain rule, in C.

   The definition is the Python heart (op.py, node.py, graph.py, value.py, commit.py); this does the
   same for what it knows, with the same bits, and hands everything else back to the Python
   functions. What it knows: the ops whose values and rules stand in _calculus.h, written from
   calculus.py; Values, leaves and constants of no subclass, and what stands for a number while a
   function is recorded; gradients that are numbers. Everything is protected by the interpreter
   lock (the GIL).

     Node     a number, its gradient, and the record of how it was computed
     Op       the base of ops: the number of its row in _calculus.h, or its programs
     Tape     the nodes of a function that is recorded, in the order they are made
     Graph    the nodes of a pass, in order, with what flows back to each
     Operations, Positions    what a listing of the compiler holds, and where its nodes are in it
     Packer   numbers of arguments on their way into a program of the compiler; Unpacker, out of it
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

#include "_node.h"
#include "_attributes.h"
#include "_tape.h"
#include "_recording.h"
#include "_programs.h"
#include "_graph.h"
#include "_traced_graph.h"
#include "_blocks.h"
#include "_samples.h"
#include "_modules.h"
#include "_operations.h"
#include "_positions.h"
#include "_reading.h"
#include "_normal_form.h"
#include "_walks.h"
#include "_trees.h"
#include "_packing.h"
#include "_unpacking.h"

/* --- functions of the heart that have a faster way here -------------------------------------- */

/* Each gives NULL without an error set where Python has to do it. */

static PyObject *try_order(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count < 1 || count > 2 || names || !IS_NODE(given[0]))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL, *but = count == 2 && given[1] != Py_None ? given[1] : NULL;
    if (graph_order(&graph, (Node *)given[0], but) == 0 && (found = PyList_New(graph.count)))
        for (uint32_t k = 0; k < graph.count; k++)
            PyList_SET_ITEM(found, k, Py_NewRef(graph.nodes[graph.order[k]]));
    graph_free(&graph);
    return found;
}

/* Read a root, a seed, and that connected is false. 0 where it is not so. */
static int read_pass(PyObject *const *given, Py_ssize_t count, PyObject *names, double *seed)
{
    *seed = 1.0;
    if (count < 1 || count > 2 || !IS_NODE(given[0]) || Py_IS_TYPE(given[0], outlived_type))
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
    Around around;
    if (is_traced_pass(given, count, names, &around))
        return traced_gradients((Node *)given[0], count == 2 ? given[1] : one, &around);
    if (!read_pass(given, count, names, &seed))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL;
    if (graph_differentiate(&graph, (Node *)given[0], seed) == 0)
        found = graph_as_dict(&graph);
    graph_free(&graph);
    return found;
}

/* Let hints look at the pass, if it reaches nodes that they are about: see hints.py. What they give
   is called once the gradients are added; it is None if there is nothing to do. */
static PyObject *show_hints(const Graph *graph)
{
    if (graph->found || !PyDict_GET_SIZE(hints)) /* what is no number Python adds, which shows them */
        return Py_NewRef(Py_None);
    PyObject *nodes = PyObject_CallNoArgs(nodes_looked_at), *done = NULL;
    PyObject *reached = nodes ? PySet_New(NULL) : NULL; /* no list: each hint looks up all its nodes */
    int failed = !reached;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(nodes); i++) {
        PyObject *node = PyList_GET_ITEM(nodes, i);
        failed = is_reached(graph, (Node *)node) && PySet_Add(reached, node) < 0;
    }
    if (!failed)
        done = PySet_GET_SIZE(reached) ? PyObject_CallOneArg(look, reached) : Py_NewRef(Py_None);
    Py_XDECREF(reached);
    Py_XDECREF(nodes);
    return done;
}

static PyObject *try_propagate(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    double seed;
    if (!read_pass(given, count, names, &seed))
        return NULL;
    Graph graph = graph_new();
    PyObject *found = NULL;
    PyObject *done = NULL;
    if (graph_differentiate(&graph, (Node *)given[0], seed) == 0 && (done = show_hints(&graph))) {
        if (graph_has_numbers(&graph)) {
            graph_commit(&graph);
            found = done == Py_None ? Py_NewRef(done) : PyObject_CallNoArgs(done);
        } else {
            PyObject *gradients = graph_as_dict(&graph);
            found = gradients ? PyObject_CallOneArg(add_gradients, gradients) : NULL;
            Py_XDECREF(gradients);
        }
        Py_DECREF(done);
    }
    graph_free(&graph);
    return found;
}

static PyObject *try_along(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !PyDict_CheckExact(given[0]) || !PyList_CheckExact(given[1]))
        return NULL;
    Graph graph = graph_new();
    int result = graph_flow_along(&graph, given[0], given[1]);
    graph_free(&graph);
    return result == 0 ? Py_NewRef(Py_None) : NULL;
}

/* Every Value that an op computes is made here, unless Python has to look at it. */
static PyObject *try_make(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    Around around;
    if (count != 4 || names || !PyFloat_CheckExact(given[3]) || !look_around(USUAL_NODE, &around))
        return NULL;
    Node *self = begin_node(&around, PyFloat_AS_DOUBLE(given[3]), 0);
    if (self && !around.forgets &&
        record_tuple(self, given[0], given[1], given[2]) < 0)
        Py_CLEAR(self);
    return self ? end_node(&around, self) : NULL;
}

/* Whether an operand has changed since the node was computed. In a recording a leaf has when it was
   assigned to, though its number may be the same in the call that is recorded. */
static int has_moved(const Node *node, const Operand *x)
{
    const Node *operand = (Node *)x->node;
    int in_recording = Py_IS_TYPE(node, traced_type) && operand && Py_IS_TYPE(operand, traced_type);
    if (!operand || op_of(operand) || in_recording)
        return operand && operand->time > node->time;
    return operand->data == x->number ? !signbit(operand->data) != !signbit(x->number)
                                      : operand->data == operand->data || x->number == x->number;
}

static PyObject *try_moved(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 2 || names || !IS_NODE(given[0]) || !PyLong_CheckExact(given[1]))
        return NULL;
    Node *node = (Node *)given[0];
    size_t slot = PyLong_AsSize_t(given[1]);
    if (slot >= count_of(node)) {
        PyErr_Clear();
        return NULL;
    }
    return PyBool_FromLong(has_moved(node, &operands_of(node)[slot]));
}

/* The first slot of which the operand has changed in a way that matters. */
static PyObject *try_find_moved(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    if (count != 3 || names || !IS_NODE(given[0]) || !PyBool_Check(given[1]))
        return NULL;
    Node *node = (Node *)given[0], *of = IS_NODE(given[2]) ? (Node *)given[2] : NULL;
    /* What is computed has changed in all slots or in none. */
    if (of && (op_of(of) ? of->time <= node->time : given[1] != Py_True))
        return PyLong_FromLong(-1);
    for (uint32_t i = 0, size = count_of(node); i < size; i++) {
        const Operand *x = &operands_of(node)[i];
        if ((given[2] != Py_None && x->node != given[2]) ||
            (given[1] != Py_True && x->node && !op_of((Node *)x->node)))
            continue;
        if (has_moved(node, x))
            return PyLong_FromUnsignedLong(i);
    }
    return PyLong_FromLong(-1);
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
EITHER(along)
EITHER(make)
EITHER(new)
EITHER(moved)
EITHER(weighted_sum)
EITHER(call_inside)
EITHER(read_tape)
EITHER(read_operands)
EITHER(flow_connected)
EITHER(own_nodes)
EITHER(append_inputs)
EITHER(waits_for)
EITHER(outlive_all)
EITHER(numbers_of)
EITHER(shared_nodes)
EITHER(find_positions)
EITHER(mark_operands)
EITHER(order_of)
EITHER(find_moved)
EITHER(record_nodes)
EITHER(traced_leaves)
EITHER(fresh_leaves)
EITHER(tie)
EITHER(fold)
EITHER(find_levels)
EITHER(same_items)

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
    {"running", &running},
    {"watching_names", &watching_names},
    {"hints", &hints},
    {"nodes_looked_at", &nodes_looked_at},
    {"look", &look},
    {"add_gradients", &add_gradients},
    {"write_programs", &write_programs},
    {"data_property", &data_property},
    {"grad_property", &grad_property},
    {"method_code", &method_code},
    {"topological_order", &python_order},
    {"gradients", &python_gradients},
    {"propagate", &python_propagate},
    {"flow_along", &python_along},
    {"_make", &python_make},
    {"__new__", &python_new},
    {"operand_has_moved", &python_moved},
    {"weighted_sum", &python_weighted_sum},
    {"call_inside", &python_call_inside},
    {"read_tape", &python_read_tape},
    {"read_operands", &python_read_operands},
    {"flow_connected", &python_flow_connected},
    {"flow_back", &python_flow_back},
    {"own_nodes", &python_own_nodes},
    {"append_inputs", &python_append_inputs},
    {"waits_for", &python_waits_for},
    {"outlive_all", &python_outlive_all},
    {"numbers_of", &python_numbers_of},
    {"shared_nodes", &python_shared_nodes},
    {"find_positions", &python_find_positions},
    {"mark_operands", &python_mark_operands},
    {"order_of", &python_order_of},
    {"find_moved", &python_find_moved},
    {"result", &result_class},
    {"inner", &inner_class},
    {"record_nodes", &python_record_nodes},
    {"traced_leaves", &python_traced_leaves},
    {"fresh_leaves", &python_fresh_leaves},
    {"tie", &python_tie},
    {"note", &note_class},
    {"fold", &python_fold},
    {"find_levels", &python_find_levels},
    {"steps", &steps},
    {"dot", &dot_op},
    {"terms", &terms_class},
    {"form", &form_class},
    {"same_items", &python_same_items},
    {"sum", &sum_op},
    {"product", &python_product},
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
            int is_node = PyType_Check(given) && PyType_IsSubtype((PyTypeObject *)given, &NodeType);
            if (is_node && strcmp(name, "leaf") != 0 && strcmp(name, "constant") != 0 &&
                ((PyTypeObject *)given)->tp_basicsize != sizeof(Node))
                return PyErr_Format(PyExc_TypeError, "%R has slots that C does not know", given);
            Py_XSETREF(*CONNECTIONS[i].place, Py_NewRef(given));
            Py_RETURN_NONE;
        }
    return PyErr_Format(PyExc_LookupError, "C asks for nothing with the name %s", name);
}

PyDoc_STRVAR(claim_doc, "Whether nobody has asked before: one import of the library has the engine.");

static PyObject *native_claim(PyObject *module, PyObject *unused)
{
    static int claimed;
    return PyBool_FromLong(!claimed++);
}

PyDoc_STRVAR(start_doc, "Take over, once all is handed in: new leaves are C's from then on.");

static PyObject *native_start(PyObject *module, PyObject *unused)
{
    if (!PyList_CheckExact(watchers) ||
        !PyDict_CheckExact(watching_names) || !PyDict_CheckExact(hints)) {
        PyErr_SetString(PyExc_TypeError, "the heart is not what the engine in C was written for");
        return NULL;
    }
    if (find_slot(state_type, "watchers", &at_watchers) < 0 ||
        find_slot(state_type, "forgetting", &at_forgetting) < 0 ||
        find_slot(state_type, "since", &at_since) < 0 ||
        !(latest = PyUnicode_InternFromString("_latest")) ||
        !(forward_name = PyUnicode_InternFromString("forward")) ||
        !(dunder_name = PyUnicode_InternFromString("__name__")))
        return NULL;
    PyObject *list = PyList_New(0);
    append_of_list = list ? PyObject_GetAttrString(list, "append") : NULL;
    Py_XDECREF(list);
    if (!append_of_list)
        return NULL;
    python_init = leaf_type->tp_init;
    leaf_type->tp_init = init_leaf;
    Py_RETURN_NONE;
}

static int find_row(const char *name)
{
    for (int row = 0; row < ROW_COUNT; row++)
        if (strcmp(ROWS[row].name, name) == 0)
            return row;
    return -1;
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
    int row = find_row(name);
    op->is_ours = 1;
    op->form = (enum op_form)form;
    op->row = row + 1;
    if (row >= 0)
        Py_XSETREF(op_of_row[row], Py_NewRef(op));
    Py_RETURN_NONE;
}

PyDoc_STRVAR(methods_doc,
             "methods(name, traced, method, reflected): what C leaves of an operator, for a Value\n"
             "or what is traced.");

static PyObject *native_methods(PyObject *module, PyObject *arguments)
{
    const char *name;
    int traced, row;
    PyObject *methods[2];
    if (!PyArg_ParseTuple(arguments, "spOO", &name, &traced, &methods[0], &methods[1]))
        return NULL;
    if ((row = find_row(name)) < 0)
        return PyErr_Format(PyExc_LookupError, "no row is called %s", name);
    for (int i = 0; i < 2; i++)
        Py_XSETREF(python_methods[row][traced][i],
                   methods[i] == Py_None ? NULL : Py_NewRef(methods[i]));
    Py_RETURN_NONE;
}

#define FUNCTION_OF(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL | METH_KEYWORDS

static PyMethodDef functions[] = {
    {"topological_order", FUNCTION_OF(either_order), NULL},
    {"gradients", FUNCTION_OF(either_gradients), NULL},
    {"propagate", FUNCTION_OF(either_propagate), NULL},
    {"flow_along", FUNCTION_OF(either_along), NULL},
    {"_make", FUNCTION_OF(either_make), NULL},
    {"__new__", FUNCTION_OF(either_new), NULL},
    {"operand_has_moved", FUNCTION_OF(either_moved), NULL},
    {"weighted_sum", FUNCTION_OF(either_weighted_sum), NULL},
    {"call_inside", FUNCTION_OF(either_call_inside), NULL},
    {"read_tape", FUNCTION_OF(either_read_tape), NULL},
    {"read_operands", FUNCTION_OF(either_read_operands), NULL},
    {"flow_connected", FUNCTION_OF(either_flow_connected), NULL},
    {"own_nodes", FUNCTION_OF(either_own_nodes), NULL},
    {"append_inputs", FUNCTION_OF(either_append_inputs), NULL},
    {"waits_for", FUNCTION_OF(either_waits_for), NULL},
    {"outlive_all", FUNCTION_OF(either_outlive_all), NULL},
    {"numbers_of", FUNCTION_OF(either_numbers_of), NULL},
    {"shared_nodes", FUNCTION_OF(either_shared_nodes), NULL},
    {"find_positions", FUNCTION_OF(either_find_positions), NULL},
    {"mark_operands", FUNCTION_OF(either_mark_operands), NULL},
    {"order_of", FUNCTION_OF(either_order_of), NULL},
    {"find_moved", FUNCTION_OF(either_find_moved), NULL},
    {"record_nodes", FUNCTION_OF(either_record_nodes), NULL},
    {"traced_leaves", FUNCTION_OF(either_traced_leaves), NULL},
    {"fresh_leaves", FUNCTION_OF(either_fresh_leaves), NULL},
    {"tie", FUNCTION_OF(either_tie), NULL},
    {"fold", FUNCTION_OF(either_fold), NULL},
    {"find_levels", FUNCTION_OF(either_find_levels), NULL},
    {"same_items", FUNCTION_OF(either_same_items), NULL},
    {"bind", native_bind, METH_VARARGS, bind_doc},
    {"methods", native_methods, METH_VARARGS, methods_doc},
    {"connect", native_connect, METH_VARARGS, connect_doc},
    {"claim", native_claim, METH_NOARGS, claim_doc},
    {"start", native_start, METH_NOARGS, start_doc},
    {NULL, NULL, 0, NULL},
};


/* Fill a module. All of them have the same types, which one import of the library claims. */
static int fill_module(PyObject *module)
{
    static int ready;
    if (!ready) {
        NodeType.tp_new = OpType.tp_new = PyBaseObject_Type.tp_new;
        PropertyType.tp_base = &PyProperty_Type;
        PyTypeObject *types[] = {&NodeType,       &OpType,     &TapeType,     &PropertyType,
                                 &OperationsType, &ViewType,   &PositionsType, &PackerType,
                                 &UnpackerType,   &CodeType};
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (PyType_Ready(types[i]) < 0)
                return -1;
        if (!(zero = PyFloat_FromDouble(0.0)) ||
            !(reshape_name = PyUnicode_InternFromString("reshape")))
            return -1;
        /* What copy and pickle take from a node, as from the slots of the Python class. */
        PyObject *slots = Py_BuildValue("(ssssss)", "_data", "_grad", "_recorded", "op",
                                        "operands", "note");
        if (!slots || PyDict_SetItemString(NodeType.tp_dict, "__slots__", slots) < 0)
            return -1;
        Py_DECREF(slots);
        PyType_Modified(&NodeType);
        /* The documentation of a property is its own. */
        if (PyDict_DelItemString(PropertyType.tp_dict, "__doc__") < 0)
            return -1;
        PyType_Modified(&PropertyType);
        ready = 1;
    }
    if (PyModule_AddStringConstant(module, "built_from", BUILT_FROM) < 0 ||
        PyModule_AddObjectRef(module, "Node", (PyObject *)&NodeType) < 0 ||
        PyModule_AddObjectRef(module, "Op", (PyObject *)&OpType) < 0 ||
        PyModule_AddObjectRef(module, "Tape", (PyObject *)&TapeType) < 0 ||
        PyModule_AddObjectRef(module, "Operations", (PyObject *)&OperationsType) < 0 ||
        PyModule_AddObjectRef(module, "Positions", (PyObject *)&PositionsType) < 0 ||
        PyModule_AddObjectRef(module, "Property", (PyObject *)&PropertyType) < 0 ||
        PyModule_AddObjectRef(module, "Packer", (PyObject *)&PackerType) < 0 ||
        PyModule_AddObjectRef(module, "Unpacker", (PyObject *)&UnpackerType) < 0 ||
        PyModule_AddObjectRef(module, "Code", (PyObject *)&CodeType) < 0)
        return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill_module},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "autograd.engine._native",
    .m_doc = "The heart in C: see _native.c.",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
