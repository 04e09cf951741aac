#include "CPostgres.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// The functions used, each named as libpq names it without its `PQ`.
#define FUNCTIONS(each) \
    each(libVersion) each(conninfoParse) each(conninfoFree) each(freemem) \
    each(connectStartParams) each(connectPoll) each(finish) each(status) each(socket) each(errorMessage) \
    each(transactionStatus) each(setNoticeProcessor) each(setnonblocking) each(enterPipelineMode) \
    each(sendPrepare) each(sendQueryPrepared) each(sendQueryParams) each(pipelineSync) each(flush) \
    each(consumeInput) each(isBusy) each(getResult) each(getCancel) each(cancel) each(freeCancel) \
    each(clear) each(resultStatus) each(resultErrorField) each(ntuples) each(nfields) each(ftype) \
    each(getisnull) each(getvalue) each(getlength) each(cmdTuples)

struct cpostgres_library {
#define MEMBER(name) __typeof__(PQ##name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
};

static bool resolve(void *image, cpostgres_library *library, char *problem, size_t capacity) {
#define RESOLVE(function) \
    *(void **)&library->function = dlsym(image, "PQ" #function); \
    if (library->function == NULL) { \
        snprintf(problem, capacity, "it has no function PQ" #function); \
        return false; \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    return true;
}

const cpostgres_library *cpostgres_open(const char *name, char *problem, size_t capacity) {
    void *image = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (image == NULL) {
        const char *reason = dlerror();
        snprintf(problem, capacity, "%s", reason ? reason : name);
        return NULL;
    }
    cpostgres_library *library = calloc(1, sizeof *library);
    if (library != NULL && resolve(image, library, problem, capacity)) return library;
    free(library);
    return NULL;
}

int cpostgres_version(const cpostgres_library *library) { return library->libVersion(); }

PQconninfoOption *cpostgres_parse(const cpostgres_library *library, const char *text) {
    char *reason = NULL;
    PQconninfoOption *options = library->conninfoParse(text, &reason);
    if (reason != NULL) library->freemem(reason);
    return options;
}

void cpostgres_parse_free(const cpostgres_library *library, PQconninfoOption *options) {
    library->conninfoFree(options);
}

static void drop(void *context, const char *notice) {
    (void)context;
    (void)notice;
}

PGconn *cpostgres_connect(const cpostgres_library *library, const char *const *names, const char *const *values) {
    PGconn *connection = library->connectStartParams(names, values, 0);
    if (connection != NULL) library->setNoticeProcessor(connection, drop, NULL);
    return connection;
}

PostgresPollingStatusType cpostgres_connect_poll(const cpostgres_library *library, PGconn *connection) {
    return library->connectPoll(connection);
}

void cpostgres_finish(const cpostgres_library *library, PGconn *connection) { library->finish(connection); }

bool cpostgres_is_good(const cpostgres_library *library, const PGconn *connection) {
    return library->status(connection) == CONNECTION_OK;
}

int cpostgres_socket(const cpostgres_library *library, const PGconn *connection) {
    return library->socket(connection);
}

const char *cpostgres_error(const cpostgres_library *library, const PGconn *connection) {
    return library->errorMessage(connection);
}

bool cpostgres_in_transaction(const cpostgres_library *library, const PGconn *connection) {
    PGTransactionStatusType status = library->transactionStatus(connection);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool cpostgres_begin_pipeline(const cpostgres_library *library, PGconn *connection) {
    return library->setnonblocking(connection, 1) == 0 && library->enterPipelineMode(connection) == 1;
}

bool cpostgres_prepare(const cpostgres_library *library, PGconn *connection, const char *name, const char *sql) {
    return library->sendPrepare(connection, name, sql, 0, NULL) == 1;
}

bool cpostgres_send_prepared(
    const cpostgres_library *library, PGconn *connection, const char *name, int count, const char *const *values,
    const int *lengths, const int *formats) {
    return library->sendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1;
}

bool cpostgres_send(
    const cpostgres_library *library, PGconn *connection, const char *sql, int count, const char *const *values,
    const int *lengths, const int *formats) {
    return library->sendQueryParams(connection, sql, count, NULL, values, lengths, formats, 1) == 1;
}

bool cpostgres_sync(const cpostgres_library *library, PGconn *connection) {
    return library->pipelineSync(connection) == 1;
}

int cpostgres_flush(const cpostgres_library *library, PGconn *connection) { return library->flush(connection); }

bool cpostgres_consume(const cpostgres_library *library, PGconn *connection) {
    return library->consumeInput(connection) == 1;
}

bool cpostgres_is_busy(const cpostgres_library *library, PGconn *connection) {
    return library->isBusy(connection) == 1;
}

PGresult *cpostgres_result(const cpostgres_library *library, PGconn *connection) {
    return library->getResult(connection);
}

void cpostgres_cancel(const cpostgres_library *library, PGconn *connection) {
    PGcancel *cancel = library->getCancel(connection);
    if (cancel == NULL) return;
    char problem[256];
    library->cancel(cancel, problem, sizeof problem);
    library->freeCancel(cancel);
}

void cpostgres_clear(const cpostgres_library *library, PGresult *result) { library->clear(result); }

ExecStatusType cpostgres_status(const cpostgres_library *library, const PGresult *result) {
    return library->resultStatus(result);
}

const char *cpostgres_field(const cpostgres_library *library, const PGresult *result, int letter) {
    return library->resultErrorField(result, letter);
}

int cpostgres_rows(const cpostgres_library *library, const PGresult *result) { return library->ntuples(result); }

int cpostgres_columns(const cpostgres_library *library, const PGresult *result) { return library->nfields(result); }

Oid cpostgres_type(const cpostgres_library *library, const PGresult *result, int column) {
    return library->ftype(result, column);
}

bool cpostgres_is_null(const cpostgres_library *library, const PGresult *result, int row, int column) {
    return library->getisnull(result, row, column) == 1;
}

const char *cpostgres_value(const cpostgres_library *library, const PGresult *result, int row, int column) {
    return library->getvalue(result, row, column);
}

int cpostgres_length(const cpostgres_library *library, const PGresult *result, int row, int column) {
    return library->getlength(result, row, column);
}

const char *cpostgres_changed(const cpostgres_library *library, PGresult *result) {
    return library->cmdTuples(result);
}
