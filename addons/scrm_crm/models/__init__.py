from . import (
    crm_lead,
    scrm_pool,
    scrm_pool_move,
    scrm_workbench_sales_manager,
    scrm_workbench_salesperson,
)
