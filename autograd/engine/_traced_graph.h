/* Passes while a function is recorded: the chain rule with gradients that are traced nodes. A part
   of _native.c; the definition is flow_back() in graph.py, which gets each node that C does not
   know by itself. */

/* Whether these are the arguments of gradients(root, …, connected=True) for a traced root, where
   nothing but a tape watches. */
static int is_traced_pass(PyObject *const *given, Py_ssize_t count, PyObject *names,
                          Around *around)
{
    return (count == 1 || count == 2) && names && PyTuple_GET_SIZE(names) == 1 &&
           given[count] == Py_True && Py_IS_TYPE(given[0], traced_type) &&
           !PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "connected") &&
           look_around(TRACED_NODE, around) && around->tape && IS_KNOWN(ROW_add) &&
           IS_KNOWN(ROW_mul);
}

/* A pass: what is found for each node so far, and what its own nodes have in common. */
typedef struct {
    PyObject *found;
    Around around;
    Place place; /* where the user's code began it */
    int placed;  /* whether that is known, since there is a node of it */
} TracedPass;

/* The node of a row, for operands that are traced nodes and numbers: the tape learns the place of
   the first one from the running code, and that of the others from the first. */
static PyObject *traced_node(TracedPass *self, int row, const Operand *x)
{
    Tape *tape = self->around.tape;
    Node *node = begin_node(&self->around, ROWS[row].value(x[0].number, x[1].number, 0.0),
                            holds(x[0].node) || holds(x[1].node));
    if (!node)
        return NULL;
    node->row = (int16_t)(row + 1);
    node->record.two[0] = x[0];
    node->record.two[1] = x[1];
    Py_INCREF(x[0].node);
    Py_XINCREF(x[1].node);
    if (!self->placed) {
        if (!tape_record(tape, node))
            return NULL;
        self->place = tape->made[tape->count - 1].place;
        self->placed = 1;
    } else if (tape_put(tape, node, self->place) < 0)
        Py_CLEAR(node);
    return (PyObject *)node;
}

static inline Operand operand_of(PyObject *node) { return (Operand){node, ((Node *)node)->data}; }

/* Add a contribution, which is a node, to what was found for an operand. */
static int contribute_traced(TracedPass *self, PyObject *operand, PyObject *contribution)
{
    if (!contribution)
        return -1;
    PyObject *before = PyDict_GetItemWithError(self->found, operand), *sum = NULL;
    if (before && Py_IS_TYPE(before, traced_type) && Py_IS_TYPE(contribution, traced_type)) {
        Operand x[2] = {operand_of(before), operand_of(contribution)};
        sum = traced_node(self, ROW_add, x);
    } else if (before)
        sum = PyNumber_Add(before, contribution);
    if (before ? !sum : PyErr_Occurred() != NULL)
        return -1;
    int result = PyDict_SetItem(self->found, operand, sum ? sum : contribution);
    Py_XDECREF(sum);
    return result;
}

enum traced_rule { UNKNOWN_RULE, ALL_ONES, A_DIFFERENCE, A_PRODUCT };

/* How a gradient flows through a node: an unknown one where any operand is unusual. */
static enum traced_rule rule_of(const Node *node, const Operand *x, uint32_t count)
{
    enum traced_rule rule = UNKNOWN_RULE;
    PyObject *op = op_of(node);
    if (!Py_IS_TYPE(node, traced_type))
        return UNKNOWN_RULE;
    if (node->row && IS_KNOWN(node->row - 1)) {
        int row = node->row - 1;
        rule = row == ROW_add   ? ALL_ONES
               : row == ROW_sub ? A_DIFFERENCE
               : row == ROW_mul ? A_PRODUCT
                                : UNKNOWN_RULE;
    } else if (op && (op == sum_op || op == dot_op) && ((Op *)op)->form != UNKNOWN)
        rule = op == sum_op ? ALL_ONES : A_PRODUCT;
    for (uint32_t i = 0; i < count && rule; i++)
        if (x[i].node && (!Py_IS_TYPE(x[i].node, traced_type) ||
                          ((Node *)x[i].node)->time > node->time))
            rule = UNKNOWN_RULE;
    return rule;
}

/* Add what flows back through a node: 1 if that is done, 0 if Python has to do it. */
static int flow_traced(TracedPass *self, Node *node, PyObject *upstream)
{
    const Operand *x = operands_of(node), minus = {NULL, -1.0};
    uint32_t count = count_of(node);
    enum traced_rule rule = rule_of(node, x, count);
    if (!rule || !Py_IS_TYPE(upstream, traced_type))
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!x[i].node)
            continue;
        const Operand *local = rule == A_PRODUCT ? &x[(i + count / 2) % count] : &minus;
        int is_one = rule == ALL_ONES || (rule == A_DIFFERENCE && i == 0);
        Operand factors[2] = {operand_of(upstream), *local};
        PyObject *contribution = is_one ? Py_NewRef(upstream)
                                        : traced_node(self, ROW_mul, factors);
        int result = contribute_traced(self, x[i].node, contribution);
        Py_XDECREF(contribution);
        if (result < 0)
            return -1;
    }
    return 1;
}

static PyObject *inner_class; /* of ops whose nodes are inside of them, as those of batches are */

/* Whether a node gets no gradient; -1 with an error set. */
static int gets_none(PyObject *node)
{
    if (Py_IS_TYPE(node, traced_type) || Py_IS_TYPE(node, constant_type))
        return Py_IS_TYPE(node, constant_type);
    PyObject *answer = PyObject_GetAttrString(node, "is_constant");
    int truth = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

/* Add what flows back through a batch or scan, whose op gives it for all operands at once: 1 if
   that is done, 0 for another node. */
static int flow_inside(TracedPass *self, Node *node, PyObject *upstream)
{
    PyObject *op = op_of(node);
    if (!inner_class || !PyObject_TypeCheck(op, (PyTypeObject *)inner_class))
        return 0;
    PyObject *flows = PyObject_CallMethod(op, "flows_back", "OO", node, upstream);
    int result = flows && PyDict_CheckExact(flows) ? 1 : -1;
    if (flows && result < 0)
        PyErr_SetString(PyExc_TypeError, "what flows back is a dict");
    for (uint32_t i = 0; result > 0 && i < count_of(node); i++) {
        PyObject *x = operands_of(node)[i].node, *slot = x ? PyLong_FromUnsignedLong(i) : NULL;
        PyObject *flow = slot ? PyDict_GetItemWithError(flows, slot) : NULL;
        Py_XDECREF(slot);
        if (PyErr_Occurred())
            result = -1;
        if (!flow || flow == Py_None || result < 0)
            continue;
        Py_INCREF(x), Py_INCREF(flow);
        int none = gets_none(x);
        if (none < 0 || (!none && contribute_traced(self, x, flow) < 0))
            result = -1;
        Py_DECREF(x), Py_DECREF(flow);
    }
    Py_XDECREF(flows);
    return result;
}

static int flow_traced_by_python(PyObject *found, Node *node)
{
    PyObject *arguments = Py_BuildValue("(O(O))", found, node);
    PyObject *options = Py_BuildValue("{s:O}", "connected", Py_True);
    PyObject *done = NULL;
    if (arguments && options)
        done = PyObject_Call(python_flow_back, arguments, options);
    Py_XDECREF(arguments), Py_XDECREF(options), Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Through a node, if a gradient reaches it; -1 with an error set. */
static int flow_one(TracedPass *self, Node *node)
{
    PyObject *upstream = NULL;
    if (op_of(node))
        upstream = PyDict_GetItemWithError(self->found, (PyObject *)node);
    if (!upstream)
        return PyErr_Occurred() ? -1 : 0;
    Py_INCREF(upstream);
    int result = flow_traced(self, node, upstream);
    if (result == 0)
        result = flow_inside(self, node, upstream);
    Py_DECREF(upstream);
    return result ? result : flow_traced_by_python(self->found, node);
}

/* Through all nodes of a graph that a gradient reaches, results before operands. */
static int flow_through(const Graph *graph, TracedPass *self)
{
    for (uint32_t k = graph->count; k-- > 0;)
        if (flow_one(self, graph->nodes[graph->order[k]]) < 0 ||
            (k % SIGNALS_EVERY == 0 && PyErr_CheckSignals() < 0))
            return -1;
    return 0;
}

/* Turn the gradients into nodes: + makes one of a masked gradient. */
static int remove_masks(PyObject *found)
{
    PyObject *node, *gradient;
    Py_ssize_t at = 0;
    while (PyDict_Next(found, &at, &node, &gradient)) {
        if (Py_IS_TYPE(gradient, traced_type))
            continue;
        PyObject *sum = PyNumber_Positive(gradient);
        int result = sum ? PyDict_SetItem(found, node, sum) : -1;
        Py_XDECREF(sum);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* The gradient of every node that one reaches. */
static PyObject *traced_gradients(Node *root, PyObject *seed, const Around *around)
{
    Graph graph = graph_new();
    TracedPass self = {.found = PyDict_New(), .around = *around};
    Py_XINCREF(around->note);
    Py_INCREF(around->tape);
    int result = self.found ? graph_order(&graph, root, op_of_row[ROW_fixed]) : -1;
    if (result == 0)
        result = PyDict_SetItem(self.found, (PyObject *)root, seed);
    if (result == 0)
        result = flow_through(&graph, &self);
    graph_free(&graph);
    if (result == 0)
        result = remove_masks(self.found);
    if (result < 0)
        Py_CLEAR(self.found);
    Py_XDECREF(around->note);
    Py_DECREF(around->tape);
    return self.found;
}

/* The same along a tape: see along.py. */
static PyObject *try_flow_connected(PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    TracedPass self = {0};
    if (count != 2 || names || !PyDict_CheckExact(given[0]) || !PyList_CheckExact(given[1]) ||
        !look_around(TRACED_NODE, &self.around) || !IS_KNOWN(ROW_add) || !IS_KNOWN(ROW_mul))
        return NULL;
    PyObject *nodes = what_is_in(given[1]);
    if (!nodes)
        return NULL;
    self.found = given[0];
    Py_XINCREF(self.around.note);
    Py_INCREF(self.around.tape);
    int result = 1;
    for (Py_ssize_t k = PyTuple_GET_SIZE(nodes); result >= 0 && k-- > 0;) {
        PyObject *node = PyTuple_GET_ITEM(nodes, k);
        result = IS_NODE(node) ? flow_one(&self, (Node *)node)
                               : flow_traced_by_python(self.found, (Node *)node);
        if (k % SIGNALS_EVERY == 0 && result >= 0 && PyErr_CheckSignals() < 0)
            result = -1;
    }
    Py_XDECREF(self.around.note);
    Py_DECREF(self.around.tape);
    Py_DECREF(nodes);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}
