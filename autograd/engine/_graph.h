/* Passes: the order of a graph, and the chain rule. A part of _native.c. */

#define NONE UINT32_MAX
#define SIGNALS_EVERY 65536 /* steps of a walk */
#define MOST_LEVELS 65536   /* for which room is kept */

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
    PyObject *found; /* the gradients as Python has them, from the first on that is no number */
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
    self->unusual = 0;
    Py_CLEAR(self->found);
}

static void graph_free(Graph *self)
{
    graph_reset(self);
    if (!spare.room && self->room <= MOST_KEPT) {
        if (self->stack_room > MOST_LEVELS) { /* few graphs are so deep */
            PyMem_Free(self->stack);
            self->stack = NULL;
            self->stack_room = 0;
        }
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
        if (room > NONE) { /* which no memory holds */
            PyErr_NoMemory();
            return -1;
        }
        if (grow(&self->nodes, room * sizeof *self->nodes) < 0 ||
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

/* Number and order all nodes that `root` was computed from; operands of the op `but` are left out.
   Signals are handled on the way; where a handler has begun a pass, another attempt begins. */
static int graph_order(Graph *self, Node *root, const PyObject *but)
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
            if (make_room(&self->stack, &self->stack_room, depth + 1, sizeof *self->stack) < 0)
                return -1;
            self->stack[depth++] = (Level){number, 0};
        }
        Level *level = &self->stack[depth - 1];
        Node *node = self->nodes[level->number];
        const Operand *operands = operands_of(node);
        uint32_t count = but && op_of(node) == but ? 0 : count_of(node);
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

/* An operand has changed since `node` was recorded: raise as Python does, if it matters. */
static int check_recorded(Node *node, Node *operand)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)node, "check_recorded");
    PyObject *options = Py_BuildValue("{s:O,s:O}", "connected", Py_False, "of", operand);
    PyObject *none = PyTuple_New(0), *found = NULL;
    if (method && options && none)
        found = PyObject_Call(method, none, options);
    Py_XDECREF(method), Py_XDECREF(options), Py_XDECREF(none), Py_XDECREF(found);
    return found ? 0 : -1;
}

/* Why Python has to go on with a node: somebody has changed the graph, so that an operand is not in
   it; or Python has run, and may have changed the node, or run the steps of a program. */
enum reason { NOT_IN_THE_GRAPH = 1, PYTHON_HAS_RUN };

/* Find the number of the operand that a contribution goes to, NONE if none does. Gives a reason why
   Python has to go on, 0 if it need not, -1 for an error. */
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
            return NOT_IN_THE_GRAPH;
    }
    if (self->states[number] & STAYS)
        return 0;
    *target = number;
    if (operand->time <= node->time)
        return 0;
    return check_recorded(node, operand) < 0 ? -1 : PYTHON_HAS_RUN;
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
    }
}

/* The gradients as a dict, in the order in which they arrived. */
static PyObject *graph_as_dict(Graph *self)
{
    if (self->found)
        return Py_NewRef(self->found);
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

/* Add a contribution to the gradients that Python has: upstream · local, as graph.py says. */
static int contribute_object(Graph *self, PyObject *op, PyObject *operand, double upstream,
                             PyObject *local, int strong)
{
    PyObject *number = PyFloat_FromDouble(upstream), *so_far, *sum = NULL;
    PyObject *contribution = NULL;
    if (number && strong && upstream == 0.0)
        contribution = PyObject_CallFunctionObjArgs(python_product, op, number, local, NULL);
    else if (number)
        contribution = PyNumber_Multiply(number, local);
    if (contribution) {
        so_far = PyDict_GetItemWithError(self->found, operand);
        if (so_far)
            sum = PyNumber_Add(so_far, contribution);
        else if (!PyErr_Occurred())
            sum = Py_NewRef(contribution);
    }
    int result = sum ? PyDict_SetItem(self->found, operand, sum) : -1;
    Py_XDECREF(number), Py_XDECREF(contribution), Py_XDECREF(sum);
    return result;
}

/* Through a node whose op Python alone knows, from one of its slots on. */
static int flow_by_python(Graph *self, Node *node, double upstream, Py_ssize_t slot)
{
    int result = -1;
    PyObject *op = Py_XNewRef(op_of(node)), *found = NULL, *locals = NULL;
    if (!op)
        return 0;
    PyObject *rule = PyObject_GetAttrString(op, "locals");
    PyObject *strength = PyObject_GetAttrString(op, "strong");
    PyObject *operands = get_operands(node, NULL), *recorded = get_operands(node, AS_NUMBERS);
    PyObject *out = PyFloat_FromDouble(node->data);
    int strong = strength ? PyObject_IsTrue(strength) : -1;
    if (rule && strong >= 0 && operands && recorded && out)
        found = PyObject_CallFunctionObjArgs(rule, operands, recorded, out, NULL);
    if (found)
        locals = PySequence_Tuple(found); /* which nobody changes while Python runs */
    if (!locals)
        goto done;
    result = 0;
    Py_ssize_t count = Py_MIN(PyTuple_GET_SIZE(locals), PyTuple_GET_SIZE(operands));
    for (; slot < count && result >= 0; slot++) {
        PyObject *local = PyTuple_GET_ITEM(locals, slot), *x = PyTuple_GET_ITEM(operands, slot);
        Operand operand = {IS_NODE(x) ? x : NULL, 0.0}, number;
        uint32_t target;
        if (local == Py_None)
            continue;
        result = find_target(self, node, &operand, &target);
        if (result < 0 || (result != NOT_IN_THE_GRAPH && target == NONE))
            continue;
        int plain = result != NOT_IN_THE_GRAPH && read_operand(local, &number) == PLAIN_NUMBER;
        if (!plain && !self->found && !(self->found = graph_as_dict(self)))
            result = -1;
        else if (self->found)
            result = contribute_object(self, op, x, upstream, local, strong);
        else
            contribute(self, target, upstream, number.number, strong, local == one);
    }
done:
    Py_XDECREF(rule), Py_XDECREF(strength), Py_XDECREF(operands), Py_XDECREF(recorded);
    Py_XDECREF(out), Py_XDECREF(found), Py_XDECREF(locals), Py_DECREF(op);
    return result < 0 ? -1 : 0;
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
            return result < 0 ? -1 : flow_by_python(self, node, upstream, slot);
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
        if (local->kind == IS_NOTHING || (local->kind == IS_TAKEN && found[local->from] == 0.0))
            continue;
        int result = find_target(self, node, &x[slot], &target);
        if (result)
            return result < 0 ? -1 : flow_by_python(self, node, upstream, slot);
        if (target == NONE)
            continue;
        int is_one = local->kind != IS_REGISTER;
        contribute(self, target, upstream, is_one ? 1.0 : found[local->from], program->strong,
                   is_one);
    }
    return 0;
}

/* Let Python do the rest of a pass, from before this place in the order. */
static int go_on_in_python(Graph *self, uint32_t place)
{
    PyObject *rest = PyList_New(place), *options = Py_BuildValue("{s:O}", "connected", Py_False);
    for (uint32_t k = 0; rest && k < place; k++)
        PyList_SET_ITEM(rest, k, Py_NewRef(self->nodes[self->order[place - 1 - k]]));
    PyObject *given = rest && options ? PyTuple_Pack(2, self->found, rest) : NULL;
    PyObject *done = given ? PyObject_Call(python_flow_back, given, options) : NULL;
    Py_XDECREF(rest), Py_XDECREF(options), Py_XDECREF(given), Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Go back through so many nodes of the order. */
static int graph_flow_back(Graph *self, uint32_t count)
{
    for (uint32_t k = count; k-- > 0;) {
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
                result = PyErr_Occurred() ? -1 : flow_by_python(self, node, self->sums[i], 0);
        }
        if (result < 0)
            return -1;
        if (self->found)
            return go_on_in_python(self, k);
        if (k % SIGNALS_EVERY == 0 && PyErr_CheckSignals() < 0)
            return -1;
    }
    return 0;
}

/* The gradient of every node. */
static int graph_differentiate(Graph *self, Node *root, double seed)
{
    if (graph_order(self, root, op_of_row[ROW_fixed]) < 0 || graph_find_constants(self) < 0)
        return -1;
    if (!(self->states[0] & STAYS))
        contribute(self, 0, seed, 1.0, 0, 1);
    return graph_flow_back(self, self->count);
}

/* Number the nodes of a tape, their operands, and those that have gradients. Gives 1 if Python has
   to do it, -1 for an error. */
static int graph_take_tape(Graph *self, PyObject *found, PyObject *tape)
{
    Py_ssize_t size = PyList_GET_SIZE(tape), place = 0;
    PyObject *key, *value;
    graph_reset(self);
    ++passes_begun;
    for (Py_ssize_t k = 0; k < size; k++) {
        Node *node = (Node *)PyList_GET_ITEM(tape, k);
        if (!IS_NODE((PyObject *)node) || Py_IS_TYPE((PyObject *)node, outlived_type))
            return 1;
        if (number_of(self, node) == NONE && graph_add(self, node) < 0)
            return -1;
        const Operand *operands = operands_of(node);
        for (uint32_t slot = 0, count = count_of(node); slot < count; slot++) {
            Node *x = (Node *)operands[slot].node;
            if (x && number_of(self, x) == NONE && graph_add(self, x) < 0)
                return -1;
        }
    }
    while (PyDict_Next(found, &place, &key, &value)) {
        if (!IS_NODE(key) || Py_IS_TYPE(key, outlived_type) || !PyFloat_CheckExact(value))
            return 1;
        if (number_of(self, (Node *)key) == NONE && graph_add(self, (Node *)key) < 0)
            return -1;
        contribute(self, number_of(self, (Node *)key), PyFloat_AS_DOUBLE(value), 1.0, 0, 1);
    }
    for (Py_ssize_t k = 0; k < size; k++) /* there is room, for each of them has a number */
        self->order[k] = number_of(self, (Node *)PyList_GET_ITEM(tape, k));
    return 0;
}

/* Add to the gradients that are found so far what flows back through a tape. */
static int graph_flow_along(Graph *self, PyObject *found, PyObject *tape)
{
    int taken = graph_take_tape(self, found, tape);
    if (taken)
        return taken;
    if (graph_find_constants(self) < 0 ||
        graph_flow_back(self, (uint32_t)PyList_GET_SIZE(tape)) < 0)
        return -1;
    PyObject *gradients = graph_as_dict(self);
    int result = gradients ? PyDict_Update(found, gradients) : -1;
    Py_XDECREF(gradients);
    return result;
}

/* Whether every gradient, and every gradient so far, is a number. */
static int graph_has_numbers(const Graph *self)
{
    if (self->found)
        return 0;
    for (uint32_t k = 0; k < self->arrived; k++) {
        const Node *node = self->nodes[self->arrivals[k]];
        PyObject *before = node->gradient_kind == OBJECT ? node->gradient.object : NULL;
        if (node->gradient_kind == PLACE || (before && !PyFloat_CheckExact(before)))
            return 0;
    }
    return 1;
}

static int is_reached(const Graph *self, const Node *node)
{
    uint32_t number = number_of(self, node);
    return number != NONE && self->states[number] & REACHED;
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
