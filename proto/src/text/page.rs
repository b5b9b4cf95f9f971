//! What the pages of a desk say around the reasons of cardd. A page names a text by its key; `{n}`
//! and the like are filled in by the page.

use super::Text;

macro_rules! texts {
    ($( $key:ident: $zh:literal, $en:literal; )+) => {
        /// Every text, by its key.
        pub const TEXTS: &[(&str, Text)] = &[
            $( (stringify!($key), Text { zh: $zh, en: $en }), )+
        ];
    };
}

#[rustfmt::skip] // one text a line reads as a table
texts! {
    SERVICE_NAME: "社会保障卡自助服务", "Social Security Card Self-Service";
    OTHER_LANGUAGE: "English", "中文";
    GUIDANCE: "语音引导", "Voice guide";
    TIME_LEFT: "本页剩余 {n} 秒", "{n} seconds left on this page";
    MORE_TIME: "延长时间", "More time";
    FINISH: "结束，取卡", "Finish and take the card";
    BACK: "返回", "Back";
    TRY_AGAIN: "重新输入", "Type again";
    LOOK_AGAIN: "重新读卡", "Read the card again";

    ATTRACT_TITLE: "请插入社会保障卡", "Please insert your social security card";
    ATTRACT_TEXT: "修改密码 · 查看卡片信息 · 查看密码剩余次数", "Change your PIN · See your card's data · See the tries left";
    ATTRACT_CARE: "请勿让他人看到您输入密码。工作人员不会询问您的密码。", "Let nobody see you type your PIN. Staff never ask for it.";

    READING_TITLE: "正在读卡，请勿取出卡片", "Reading the card. Please leave it in";
    CHECKING_TITLE: "正在检查新密码", "Checking the new PIN";
    WORKING_TITLE: "正在修改密码，请勿取出卡片", "Changing the PIN. Please leave the card in";

    OUT_TITLE: "本机暂停服务", "This machine is out of service";
    OUT_LINE: "终端服务没有应答，恢复后本页自动继续。", "The terminal does not answer. This page goes on by itself when it does.";
    OUT_SERVICE: "读卡服务未运行，恢复后本页自动继续。", "The card reader service is down. This page goes on by itself when it is back.";
    OUT_READER: "没有连接读卡器，请联系工作人员。", "No card reader is connected. Please tell the staff.";
    OUT_SESSION: "此页面已失效，请工作人员重新打开。", "This page is no longer valid. Staff must open it again.";

    HOME_TITLE: "您的社会保障卡", "Your social security card";
    HOME_NAME: "姓名", "Name";
    HOME_CITIZEN_NUMBER: "社会保障号码", "Citizen number";
    HOME_CARD_NUMBER: "卡号", "Card number";
    HOME_EXPIRES: "有效期至", "Valid until";
    HOME_PROTECTED: "持卡人信息受保护，本机不能读取。", "The holder's data are protected and cannot be read here.";
    HOME_TRIES: "密码剩余 {n} 次", "{n} tries left for the PIN";
    HOME_TRIES_UNKNOWN: "剩余次数未知", "The tries left are not known";
    HOME_ISSUED_TITLE: "您的卡仍在使用初始密码，请现在修改", "Your card still has the issued PIN. Change it now";
    HOME_ISSUED_TEXT: "初始密码不能用于医院结算等业务。修改只需一分钟。", "The issued PIN cannot be used to pay at hospitals or for other business. Changing it takes a minute.";
    HOME_UNKNOWN_TEXT: "如果您领卡后从未修改过密码，现在仍是初始密码，请马上修改。", "If you have never changed the PIN since you received the card, it is still the issued one. Please change it now.";
    HOME_OWN_TEXT: "您已设置自己的密码。", "You have set a PIN of your own.";
    HOME_CHANGE: "修改密码", "Change the PIN";
    HOME_LATER: "以后再说，取卡", "Later, take the card";

    ENTER_PIN: "请输入密码", "Type your PIN";
    ENTER_PIN_HINT: "请自行输入，勿让他人看到。共 {n} 位。", "Type it yourself, unseen by others: {n} digits.";
    ENTER_OLD: "请输入当前密码", "Type your present PIN";
    ENTER_OLD_HINT: "从未修改过密码的，请输入初始密码。", "If you have never changed it, type the issued PIN.";
    ENTER_NEW: "请输入新密码", "Type a new PIN";
    ENTER_NEW_HINT: "{n} 位数字，不要用生日、身份证号码、重复或连续的数字。", "{n} digits. Not a birthday, part of the ID number, repeated digits or a run.";
    ENTER_NEW_RULES: "{n} 位数字。请注意：", "{n} digits. Please note:";
    ENTER_AGAIN: "请再次输入新密码", "Type the new PIN again";
    ENTER_AGAIN_HINT: "两次输入必须相同。", "It must be the same as before.";
    ENTER_STEP_OF_2: "第 {n} 步，共 2 步", "Step {n} of 2";
    ENTER_STEP_OF_3: "第 {n} 步，共 3 步", "Step {n} of 3";
    ENTER_TRIES: "剩余 {n} 次机会", "{n} tries left";
    ENTER_TYPED: "已输入 {n} 位", "{n} digits typed";
    ENTER_EMPTY: "尚未输入", "Nothing typed";
    ENTER_PAD: "密码键盘", "PIN keypad";
    ENTER_PAD_HELP: "触摸数字键，或使用实体键盘。数字不会显示。", "Touch the keys, or use a keyboard. Digits are not shown.";
    ENTER_DELETE: "删除", "Delete";
    ENTER_CLEAR: "清空", "Clear";
    ENTER_OK: "确认", "Confirm";

    CHANGED_TITLE: "密码修改成功", "The PIN was changed";
    CHANGED_TEXT: "请记住新密码，不要告诉任何人。", "Remember the new PIN, and tell it to nobody.";
    TAKE_TITLE: "请取出卡片", "Please take your card";
    TAKE_RESTART: "继续使用", "Go on";

    LOCKED_TITLE: "密码已锁定", "The PIN is locked";
    LOCKED_TEXT: "请不要担心，卡内权益不受影响。到社保经办机构窗口即可解锁。", "Please do not worry: your benefits are not affected. The agency counter unlocks the PIN.";
    LOCKED_BRING_TITLE: "请携带", "Bring";
    LOCKED_BRING_SELF: "本人办理：本人身份证原件和社会保障卡", "Yourself: your original ID card and the social security card";
    LOCKED_BRING_AGENT: "代人办理：双方身份证原件和社会保障卡", "An agent: both original ID cards and the social security card";
    SLIP_TITLE: "窗口凭条", "Slip for the counter";
    SLIP_TEXT: "请在窗口出示此码。码中没有您的个人信息。", "Show this code at the counter. It holds nothing personal.";
    SLIP_PRINT: "打印", "Print";
    COUNTER_TITLE: "最近的窗口", "Nearest counter";
    COUNTER_ADDRESS: "地址", "Address";
    COUNTER_HOURS: "时间", "Open";
    COUNTER_TELEPHONE: "电话", "Telephone";

    CASHIER_NAME: "收费窗口", "Billing desk";
    CASHIER_WORK_TITLE: "收费中", "A bill under way";
    BILL_TITLE: "录入账单", "A new bill";
    BILL_REFERENCE: "单据号", "Bill reference";
    BILL_REFERENCE_HINT: "字母、数字、点、下划线或短横线，最多 64 位。", "Letters, digits, dot, underscore or hyphen; at most 64.";
    BILL_REFERENCE_WRONG: "请按上述要求填写单据号。", "Please give a reference of that form.";
    BILL_AMOUNT: "金额（元）", "Amount (yuan)";
    BILL_AMOUNT_HINT: "例如 12.50", "For example 12.50";
    BILL_AMOUNT_WRONG: "请填写大于零的金额，最多两位小数。", "Please give an amount above zero, with at most two decimals.";
    BILL_OPEN: "请持卡人付款", "Ask the holder to pay";
    BILL_TO_PAY: "应付金额", "To pay";
    NEXT_BILL: "下一笔", "Next bill";
    ASK_AGAIN: "请持卡人重新输入", "Ask the holder again";
    SETTLE_LATER: "先诊疗，后结算", "Treat now, settle later";
    SETTLE_LATER_HINT: "先诊疗、后结算不使用卡片，不消耗密码次数。", "To treat now and settle later does not use the card and spends no try.";
    CANCEL_BILL: "取消本次收费", "Cancel this bill";
    RECEIPT_TITLE: "凭证", "Receipt";
    RECEIPT_RECORD: "台账序号", "Ledger record";
    STATE_OUT_OF_ORDER: "终端暂时不能工作", "The terminal cannot work now";
    STATE_WAITING_FOR_CARD: "等待持卡人插卡", "Waiting for the card";
    STATE_READING: "正在读卡", "Reading the card";
    STATE_LAST_TRY: "只剩最后一次机会，已提示持卡人，由持卡人决定", "One try is left. The holder was told and decides";
    STATE_ENTERING: "持卡人正在输入密码", "The holder is typing";
    STATE_CHANGING_PIN: "持卡人正在修改初始密码", "The holder is changing the issued PIN";
    STATE_WORKING: "正在核对", "Checking";
    STATE_ISSUED_PIN: "初始密码，不能付款；已请持卡人现在修改", "Issued PIN: it cannot pay. The holder was offered the change";
    STATE_PIN_CHANGED: "密码已修改，等待持卡人继续付款", "The PIN was changed; the holder goes on to pay";
    STATE_WRONG_PIN: "密码不正确", "Wrong PIN";
    STATE_REFUSED: "没有完成", "This was not done";
    STATE_DECLINED: "持卡人停止了输入", "The holder stopped";
    STATE_LOCKED: "密码已锁定", "The PIN is locked";
    STATE_PAID: "密码正确，付款已确认", "Right PIN: the payment is confirmed";
    STATE_SETTLE_LATER: "先诊疗，以后结算", "Treated now, settled later";
    STATE_CANCELLED: "本次收费已取消", "This bill was cancelled";
    STATE_RECEIPT_CANCELLED: "付款已撤销，凭证作废", "The payment was taken back, its receipt is void";
    PAY_NAME: "社会保障卡付款", "Pay with your social security card";
    PAY_WELCOME_TITLE: "您好", "Welcome";
    PAY_WELCOME_TEXT: "请等待工作人员录入账单。", "Please wait until the staff have entered your bill.";
    PAY_WORKING: "正在核对密码，请勿取出卡片", "Checking the PIN. Please leave the card in";
    PAY_STOP: "停止输入", "Stop";
    PAY_LAST_TITLE: "这是最后一次机会", "This is the last try";
    PAY_LAST_TEXT: "再输错一次，密码就会锁定，须到社保经办机构窗口解锁。没有把握时请不要输入，不影响就诊。", "One more wrong PIN locks it, and only the agency counter unlocks it. If you are not sure, do not type: you are treated all the same.";
    PAY_LAST_GO: "我有把握，输入密码", "I am sure, type the PIN";
    PAY_LAST_STOP: "不输入", "Do not type";
    PAY_ISSUED_TITLE: "初始密码不能付款", "The issued PIN cannot pay";
    PAY_ISSUED_TEXT: "请现在修改成自己的密码，修改后即可付款，只需一分钟。", "Change it to a PIN of your own now, then you can pay. It takes a minute.";
    PAY_NOT_NOW: "现在不修改", "Not now";
    PAY_GO_ON: "继续付款", "Go on to pay";
    PAY_DECLINED_TITLE: "您已停止输入", "You have stopped";
    PAY_DECLINED_TEXT: "没有消耗次数。工作人员会为您安排。", "No try was spent. The staff will help you.";
    PAY_LOCKED_TEXT: "请不要担心，就诊不受影响，费用可以以后结算。到社保经办机构窗口即可解锁。", "Please do not worry: you are treated now, and the bill can be settled later. The agency counter unlocks the PIN.";
    PAY_LATER_TEXT: "请先就诊。密码解锁后再来结算即可。请取出卡片。", "You are treated now. Settle the bill once the PIN is unlocked. Please take your card.";
    PAY_PAID_TITLE: "付款已确认", "The payment is confirmed";

    COUNTER_NAME: "社会保障卡经办窗口", "Social security card counter";
    COUNTER_HOLDER_NAME: "社会保障卡业务", "Social security card service";
    SIGN_IN_TITLE: "经办人登录", "Operator sign-in";
    SIGN_IN: "登录", "Sign in";
    SIGN_OUT: "退出登录", "Sign out";
    PAPERS: "证书和密钥文件", "Certificate and key files";
    PAPERS_HINT: "请选择本人的证书文件和密钥文件。文件不会保存在本机。", "Choose your own certificate and key. They are not kept on this machine.";
    BAD_PAPERS: "证书或密钥不能使用，请选择本人的两个文件。", "The certificate or its key cannot be used. Choose both of your files.";
    ISSUER_KEYS: "发卡方密钥不能用于此卡，未发送任何命令。", "The issuer's keys cannot be used for this card.";
    COUNTER_BUSY: "请稍候", "One moment";
    COUNTER_DESK_TITLE: "等待办理", "Ready for the next card";
    COUNTER_DESK_TEXT: "请插入持卡人的社会保障卡。", "Insert the holder's social security card.";
    COUNTER_NEXT: "办理下一位", "Next";
    COUNTER_STOP: "停止办理", "Stop";
    QUEUE_TITLE: "待办卡片（密码输错或已锁定）", "Cards that lost tries or are locked";
    QUEUE_LOST: "已失去 {n} 次", "{n} tries lost";
    QUEUE_EMPTY: "没有", "None";
    SLIP: "窗口凭条编号", "Slip number";
    SLIP_HINT: "扫描凭条上的二维码，或输入十六位编号。", "Scan the slip's QR code, or type its sixteen characters.";
    SLIP_ADD: "加入队列", "Add to the queue";
    SLIP_WRONG: "这不是窗口凭条，请重新扫描或输入。", "This is no slip. Scan or type it again.";
    SLIP_FITS: "与读卡器中的卡相符", "Names the card in the reader";
    SLIP_OTHER: "是另一张卡的凭条", "Names another card";
    SLIP_UNKNOWN: "本窗口无法核对此凭条", "Cannot be compared with the card here";
    SLIP_NONE_FITS: "队列中没有读卡器中这张卡的凭条。", "None of the slips names the card in the reader.";
    CHECK_TITLE: "核对材料", "Documents";
    CHECK_EXPLAINED: "解锁：恢复次数，密码不变，适用于记得密码的持卡人。重置：由持卡人现场设置新密码，适用于忘记密码的持卡人。", "Unlock restores the tries and keeps the PIN: for a holder who remembers it. Reset lets the holder choose a new PIN now: for a holder who forgot it.";
    CHECK_AGENT: "办理人", "Who applies";
    CHECK_AGENT_NO: "持卡人本人", "The holder";
    CHECK_AGENT_YES: "代办人", "An agent";
    CHECK_HOLDER_NUMBER: "持卡人身份证号码（输入或扫描）", "Holder's ID number, typed or scanned";
    CHECK_HOLDER_ORIGINAL_SEEN: "已查验持卡人身份证原件", "I have seen the holder's original ID card";
    CHECK_AGENT_NUMBER: "代办人身份证号码（输入或扫描）", "Agent's ID number, typed or scanned";
    CHECK_AGENT_ORIGINAL_SEEN: "已查验代办人身份证原件", "I have seen the agent's original ID card";
    CHECK_NUMBER_WRONG: "请输入十八位身份证号码。", "Give the eighteen characters of the ID number.";
    CHECK_REASON: "办理原因", "Reason";
    CHECK_REASON_BLOCKED: "密码已锁定", "The PIN is locked";
    CHECK_REASON_FORGOTTEN: "忘记密码", "The PIN is forgotten";
    CHECK_REASON_NEVER_KNOWN: "从未取得密码", "The PIN was never known";
    CHECK_OPERATION: "办理业务", "Operation";
    CHECK_OPERATION_UNBLOCK: "解锁（密码不变）", "Unlock (the PIN stays)";
    CHECK_OPERATION_RELOAD: "重置（现场设置新密码）", "Reset (a new PIN is chosen now)";
    CHECK_INCOMPLETE: "每一项都必须填写和查验。", "Every line must be answered and seen.";
    CHECK_SEND: "登记并核对", "Put on record and match";
    APPROVE_TITLE: "需要第二名经办人批准", "A second operator must approve";
    APPROVE: "批准", "Approve";
    READY_TITLE: "已登记，可以办理", "On record, ready";
    READY_START: "开始办理", "Begin";
    OPERATING_TITLE: "正在办理，请勿取出卡片", "Working on the card. Leave it in";
    STEP_OPENED: "已打开卡片", "The card is open";
    STEP_READ_KEY: "读取密钥已认证", "The read key was answered for";
    STEP_UNBLOCK_KEY: "解锁密钥已认证", "The unblock key was answered for";
    STEP_MESSAGE: "已发送发卡方命令", "The issuer's command is on its way";
    STEP_HOLDER: "等待持卡人设置新密码", "The holder chooses a PIN";
    DONE_TITLE: "办理完成", "Done";
    RECORD_TITLE: "社会保障卡密码业务办理记录", "Record of a social security card PIN operation";
    RECORD_NUMBER: "记录编号", "Record number";
    RECORD_CASE: "登记编号", "Case number";
    RECORD_TIME: "时间（UTC）", "Time (UTC)";
    RECORD_OPERATOR: "经办人", "Operator";
    RECORD_SECOND: "批准人", "Second operator";
    RECORD_TRIES: "密码剩余次数", "Tries left";
    RECORD_OWN_PIN: "新密码", "New PIN";
    RECORD_OWN_PIN_SET: "持卡人已现场设置", "Chosen by the holder";
    RECORD_OWN_PIN_OPEN: "持卡人未设置，不能办理业务", "Not chosen yet: the card does no business";
    RECORD_HASH: "校验值（SHA-256）", "Hash (SHA-256)";
    RECORD_KIND: "事项", "What happened";
    RECORD_BODY: "内容", "Content";
    RECORD_CHECK: "核对", "Check";
    RECORD_WHOLE: "校验值相符", "The hash is right";
    RECORD_BROKEN: "校验值不符，记录不可信", "The hash is wrong: do not trust this record";
    RECORD_SIGNATURE: "办理人签名：＿＿＿＿＿＿＿＿　经办人签名：＿＿＿＿＿＿＿＿", "Applicant: ________  Operator: ________";
    RECORD_PRINT: "打印", "Print";
    RECORDS_TITLE: "查询记录", "Past records";
    RECORDS_BY: "按什么查询", "Look by";
    RECORDS_BY_NUMBER: "记录编号", "Record number";
    RECORDS_BY_DAY: "日期（UTC）", "Day (UTC)";
    RECORDS_BY_HASH: "校验值", "Hash";
    RECORDS_WHAT: "查询内容", "What to look for";
    RECORDS_WHAT_HINT: "编号如 12；日期如 2026-11-25；校验值至少前八位。", "A number like 12, a day like 2026-11-25, or at least eight characters of a hash.";
    RECORDS_WRONG: "请按上述格式填写。", "Please give it in that form.";
    RECORDS_LOOK: "查询", "Look";
    RECORDS_LOOKING: "正在查询", "Looking";
    RECORDS_NONE: "没有找到记录。", "No record was found.";
    RECORDS_MORE: "后面的记录", "Later records";
    RECORDS_CHECK: "核对全部记录", "Check all records";
    RECORDS_CHECKED: "已核对 {n} 条记录，全部相符。", "{n} records were checked and are whole.";
    RECORDS_BAD: "记录 {n} 不可信，请停止使用并报告：", "Record {n} cannot be trusted. Stop, and report it:";
    FAULT_SEQUENCE: "编号不连续，有记录缺失、插入或移动。", "its number does not follow: records are missing, inserted or moved.";
    FAULT_LINK: "与前一条记录不衔接。", "it does not follow from the record before it.";
    FAULT_CONTENT: "内容被改动。", "its content was changed.";
    FAULT_CUT_OFF: "此后的记录被截去。", "it and what came after were cut off.";
    FAULT_MAC: "验证码不符。", "its authentication code is wrong.";
    COUNTER_HOLDER_WELCOME: "请把社会保障卡和身份证原件交给工作人员。", "Please hand your social security card and original ID card to the staff.";
    COUNTER_HOLDER_WAIT: "正在办理，请稍候", "Please wait a moment";
    COUNTER_HOLDER_SETTING: "正在设置新密码", "Setting the new PIN";
    ENTER_FROM_START: "从头输入", "Start again";
    COUNTER_UNLOCKED: "密码已解锁", "The PIN is unlocked";
    COUNTER_UNLOCKED_TEXT: "请使用原来的密码。", "Use the PIN that you had.";

    REFUSED_TITLE: "没有完成", "This was not done";
    SPENT_NO: "本次未消耗次数。", "No try was spent.";
    SPENT_YES: "本次消耗了一次机会。", "This spent one try.";
    SPENT_UNKNOWN: "是否消耗次数尚不确定。", "Whether a try was spent is not known.";
    INCIDENT: "事件编号", "Incident";
    UNREACHABLE: "终端服务没有应答。", "The terminal does not answer.";
    NO_ANSWER: "终端在规定时间内没有应答。", "The terminal did not answer in time.";
    CONTRACT: "页面与终端服务版本不符。", "This page and the terminal do not fit together.";
    ENTRY_TOO_LONG: "输入的位数超过密码上限。", "More digits were typed than a PIN can have.";
    SEAL_FAILED: "此浏览器无法加密密码，未发送任何内容。", "This browser cannot seal the PIN; nothing was sent.";
    NEXT_TYPE_AGAIN: "可以重新输入。", "You can type again.";
    NEXT_CHANGE_FIRST: "请先修改密码。", "Change the PIN first.";
    NEXT_INSERT_AGAIN: "请取出卡片后重新插入，查看剩余次数。", "Take the card out, insert it again and look at the tries left.";
    NEXT_OTHER_CARD: "请取出此卡，插入社会保障卡。", "Take this card out and insert a social security card.";
    NEXT_GO_TO_COUNTER: "请持身份证原件到社保经办机构窗口办理。", "Please go to the agency counter with the original ID card.";
    NEXT_GO_TO_STAFFED_DESK: "请到有工作人员的窗口办理。", "Please go to a desk with staff.";
    NEXT_WAIT: "请稍候再试。", "Wait a moment and try again.";
    NEXT_CALL_STAFF: "请联系工作人员。", "Please call the staff.";
    NEXT_CORRECT_RECORD: "请工作人员核对办理记录。", "Staff must put the record right.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_stands_in_both_languages_under_one_key() {
        for (index, (key, text)) in TEXTS.iter().enumerate() {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{key}");
            let twin = TEXTS.iter().skip(index + 1).find(|(other, _)| other == key);
            assert_eq!(twin, None);
        }
    }

    #[test]
    fn both_languages_have_the_same_places_to_fill_in() {
        let places = |text: &str| text.matches("{n}").count();
        for (key, text) in TEXTS {
            assert_eq!(places(text.zh), places(text.en), "{key}");
        }
    }
}
