/* Nodes: what they hold, and how they die. A part of _native.c. */

typedef struct {
    PyObject *node; /* NULL for a plain number */
    double number;  /* what it was when the node was computed */
} Operand;

/* The record of a node whose op is not in the table, or has more than two operands. */
typedef struct {
    PyObject *op;
    uint32_t count;
    Operand operands[1]; /* as many as `count` says */
} Many;

enum gradient_kind { UNREACHED, NUMBER, OBJECT, PLACE };
enum node_flags {
    FOLLOWED = 1, /* the collector knows this node and all that it was computed from */
    HOLDS = 2, /* a leaf with an attribute, a node of a user's op, or computed from one: what it
                  holds may hold what was computed from it, so the collector must know */
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
    int is_ours;
    enum op_form form;
    Program **programs; /* for each count of operands */
} Op;

static PyTypeObject NodeType, OpType;

/* What Python hands in when it imports the engine, and when it imports the compiler. */
static PyTypeObject *value_type, *leaf_type, *constant_type, *traced_type, *outlived_type;
static PyObject *unreached, *one, *watchers, *here_variable, *running, *state_type;
static PyObject *watching_names, *python_product, *python_flow_back;
static PyObject *sum_op, *dot_op, *hints, *nodes_looked_at, *look, *add_gradients, *write_programs,
    *data_property;
static PyObject *grad_property, *method_code, *zero; /* method_code: of methods that call an op */
static PyObject *op_of_row[ROW_COUNT];
/* For op(value, …) and for other op value; of Value, and of what is traced. */
static PyObject *python_methods[ROW_COUNT][2][2];

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

/* What is in a list now. Code of the user's may change a list while C goes through it: memory that
   is allocated for an object can start the collector, which calls finalizers. That of the tuple can,
   too, for which PyList_AsTuple is not prepared. */
static PyObject *what_is_in(PyObject *list)
{
    for (;;) {
        Py_ssize_t size = PyList_GET_SIZE(list);
        PyObject *found = PyTuple_New(size);
        if (!found || PyList_GET_SIZE(list) == size) {
            for (Py_ssize_t i = 0; found && i < size; i++)
                PyTuple_SET_ITEM(found, i, Py_NewRef(PyList_GET_ITEM(list, i)));
            return found;
        }
        Py_DECREF(found);
    }
}

/* Make an array so many bytes long. */
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

/* Make room in an array for so many things, twice as many as are wanted. */
static int make_room(void *array, size_t *room, size_t wanted, size_t size)
{
    if (wanted <= *room)
        return 0;
    if (grow(array, (2 * wanted + 64) * size) < 0)
        return -1;
    *room = 2 * wanted + 64;
    return 0;
}

#ifdef _MSC_VER
#define THREAD_LOCAL __declspec(thread)
#else
#define THREAD_LOCAL _Thread_local
#endif

/* --- deletion ------------------------------------------------------------------------------ */

/* A node dies after its operands were set aside, so that a long chain dies without recursion. */
static struct {
    PyObject **objects;
    size_t count, room;
} dying;
static THREAD_LOCAL int releasing; /* what is set aside, further out in this thread */

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
    if (releasing)
        return;
    releasing = 1;
    while (dying.count)
        Py_DECREF(dying.objects[--dying.count]);
    releasing = 0;
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
   the last. Where a million nodes need new memory each time, they take twice as long. That of a
   recording's nodes goes back, for what is made of them needs as much. */
#ifndef MOST_KEPT
#define MOST_KEPT (1 << 20)
#endif
static Node *kept[MOST_KEPT];
static size_t kept_count;
/* Nodes that were made of it, or might have been, and are alive: of no more is it kept, for Python
   makes nodes elsewhere, inside of several watchers. */
static size_t drawn_count;

static int is_kept(const PyTypeObject *type)
{
    return type == value_type || type == traced_type;
}

/* Python's deallocator of the subclass calls this, and releases the type. */
static void node_dealloc(Node *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    node_clear(self);
    if (is_kept(type) && drawn_count && kept_count < MOST_KEPT) {
        drawn_count--;
        kept[kept_count++] = self;
    }
    else
        type->tp_free((PyObject *)self);
}

/* A node without a number; the collector does not know it: see follow(). */
static Node *new_node(PyTypeObject *type)
{
    Node *self = kept_count ? (Node *)PyObject_Init((PyObject *)kept[--kept_count], type)
                            : PyObject_GC_New(Node, type);
    if (self) {
        drawn_count += is_kept(type);
        memset((char *)self + sizeof(PyObject), 0, sizeof(Node) - sizeof(PyObject));
    }
    return self;
}

/* A node outlives what it was recorded for: its memory will go back. */
static void let_outlive(Node *self)
{
    if (is_kept(Py_TYPE(self)) && drawn_count)
        drawn_count--;
    Py_SET_TYPE(self, outlived_type);
}

/* Let the collector know a node and all that it was computed from: they may be part of a cycle. */
static int follow(PyObject *first)
{
    size_t count = 1, room = 0;
    Node **stack = NULL;
    int result = make_room(&stack, &room, 1, sizeof *stack);
    if (result < 0)
        return -1;
    stack[0] = (Node *)first;
    while (count) {
        Node *node = stack[--count];
        uint32_t operands = count_of(node);
        if (node->flags & FOLLOWED)
            continue;
        if ((result = make_room(&stack, &room, count + operands + 1, sizeof *stack)) < 0)
            break;
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
    return result;
}
