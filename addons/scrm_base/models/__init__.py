from . import (
    scrm_workbench,
    scrm_workbench_role,
    scrm_workbench_salesperson,
    scrm_workbench_sales_manager,
    scrm_workbench_dispatcher,
    scrm_workbench_finance,
    scrm_workbench_customer_service,
    scrm_workbench_admin,
)
